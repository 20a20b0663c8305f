/** Fetches the pictures that are due, draws them anew and keeps them; what fails is tried some times and then left. */
import { waitAfter } from '../../backoff.js'
import type { Clock } from '../../clock.js'
import type { Db } from '../../db/client.js'
import type { Log } from '../../log.js'
import { type FetchBounds, fetchPicture, NoPicture } from './fetch-picture.js'
import { type Drawn, type Painter, PaintFault } from './painter.js'
import type { PaperPicture } from './picture.js'
import { dueOffers, keepPicture, type Offer, settleOffer } from './store.js'

type FetchServices = {
  db: Db
  clock: Clock
  log: Log
  painter: Painter
  sourceUrl: string
  bounds?: FetchBounds
  stopped?: AbortSignal | undefined
}

const mostTries = 4
const mostAtOnce = 20
const waits = { firstMs: 15 * 60_000, longestMs: 24 * 3_600_000 }

/** Until nothing is due or the time is over, which is looked at between two papers. @returns how many were tried. */
export async function fetchDuePictures(services: FetchServices, forMs = 20_000): Promise<number> {
  const until = performance.now() + forMs
  let tried = 0
  for (;;) {
    const offers = await dueOffers(services.db, services.clock.now(), mostAtOnce)
    if (offers.length === 0) return tried
    for (const offer of offers) {
      if (performance.now() >= until || services.stopped?.aborted) return tried
      await tryOffer(services, offer)
      tried += 1
    }
  }
}

/** One URL after another, until one gives a picture. */
async function tryOffer(services: FetchServices, { paperId, urls, tries }: Offer): Promise<void> {
  const { db, clock, log } = services
  const faults: NoPicture[] = []
  for (const url of urls) {
    const found = await pictureAt(services, url)
    if (found instanceof NoPicture) {
      faults.push(found)
      continue
    }
    const kind = kindOf(url)
    await db.transaction('job', (tx) => keepPicture(tx, paperId, kind, found, clock.now()))
    log.debug({ paper: paperId, kind }, 'fetched a picture')
    return
  }
  const again = faults.some(({ passing }) => passing) && tries + 1 < mostTries
  const fault = faults
    .map(({ message }) => message)
    .join('; ')
    .slice(0, 500)
  const dueAt = again ? new Date(clock.now().getTime() + waitAfter(tries + 1, waits)) : null
  await settleOffer(db, paperId, { dueAt, fault })
  log.warn({ paper: paperId, fault, again }, 'a paper has no picture')
}

async function pictureAt(services: FetchServices, url: string): Promise<Drawn[] | NoPicture> {
  try {
    const bytes = await fetchPicture(url, services)
    return await services.painter.draw({ bytes })
  } catch (error) {
    if (error instanceof NoPicture) return error
    if (error instanceof PaintFault) return new NoPicture(error.message, false, error)
    throw error
  }
}

/** The Hub draws its previews under a path of their own. */
const kindOf = (url: string): PaperPicture['kind'] =>
  new URL(url).pathname.includes('/social-thumbnails/') ? 'preview' : 'figure'
