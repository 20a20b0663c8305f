/** Makes an edition's pool: once, whoever else tries at the same time. */
import type { EditionServices } from '../../edition-services.js'
import type { Edition } from '../../store.js'
import { compilePool } from './compile-pool.js'
import { poolFor } from './pool.js'
import { type KeptPool, readPool, writePool } from './store.js'

/** More would be more than a reader wants. */
const mostPapers = 100

export async function makePool(services: EditionServices, edition: Edition): Promise<KeptPool> {
  const { db, clock, config } = services
  const papers = await poolFor(db, edition, config.pictures)
  const { kind, period, day, number, subject, preheader } = edition
  const { publication, byline, publicUrl, senderAddress } = config
  const compiled = await compilePool({
    kind,
    period,
    day,
    number,
    subject: subject ?? '',
    preheader: preheader ?? '',
    papers: papers.map(({ shown }) => shown),
    publication,
    byline,
    publicUrl,
    senderAddress,
  })
  const size = Math.min(mostPapers, config.editionSize)
  await writePool(db, edition.id, { size, papers, compiled }, clock.now())
  const kept = await readPool(db, edition.id)
  if (!kept) throw new Error('a pool vanished while it was made')
  return kept
}
