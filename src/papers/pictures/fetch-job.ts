/** The pictures of a service: whether there are any to be fetched, and some seconds of fetching them. */
import type { Clock } from '../../clock.js'
import type { Config } from '../../config/config.js'
import type { Db } from '../../db/client.js'
import type { Log } from '../../log.js'
import { fetchDuePictures } from './fetch-due.js'
import { canPaint, Painter } from './painter.js'
import { dueOffers } from './store.js'

type Given = { config: Config; db: Db; clock: Clock; log: Log; stopped?: AbortSignal | undefined }

/** Never where the operator wants none, or where this machine cannot draw. */
export async function picturesAreDue({ config, db, clock }: Given): Promise<boolean> {
  if (!config.pictures || !canPaint()) return false
  return (await dueOffers(db, clock.now(), 1)).length > 0
}

/** The process that draws ends with it. */
export async function fetchPictures(given: Given): Promise<void> {
  const painter = new Painter()
  try {
    await fetchDuePictures({ ...given, painter, sourceUrl: given.config.papersApiUrl })
  } finally {
    await painter.close()
  }
}
