/** Chooses the personal editions of a period, some thousand readers at a time, before it is owed to anybody. */
import { setImmediate } from 'node:timers/promises'
import type { Db, Tx } from '../../../db/client.js'
import { takeLock } from '../../../db/lock.js'
import { boolean, bytes, int, ints, nullable } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'
import { chooseFor, keepCommon } from '../../../papers/personal/choosing/choose.js'
import { openPool, type Pool } from '../../../papers/personal/choosing/pool.js'
import { openSpace, type Space } from '../../../papers/personal/choosing/space.js'
import { lexiconOf } from '../../../papers/personal/vectors.js'
import type { EditionServices } from '../../edition-services.js'
import { type Edition, readEditionById } from '../../store.js'
import { hadBy } from './had.js'
import { makePool } from '../pool/make-pool.js'
import { writeOrder } from '../pool/orders.js'
import { newestTexts, nextReaders } from './readers.js'
import { endChoosing, type KeptPool, readPool } from '../pool/store.js'
import { openTastes, type TasteReader } from './taste-reader.js'
import { placedBy } from './placed.js'
import { isChosen, readPersonal } from './wishes.js'

const together = 2_000
/** Papers from which it is known how rare words are, and of these the ones that stand for all that was passed over. */
const [sampled, passedOver] = [3_000, 24]
/** Readers between two turns of the event loop, which sends mail meanwhile. */
const atOnce = 25

type Kit = {
  edition: Edition
  kept: KeptPool
  pool: Pool
  space: Space
  tastes: TasteReader
  share: number
  /** Indices of the common edition's papers, in its order. */
  common: number[]
  /** Papers for which each order has room. */
  places: number
  /** Which of the pool's papers these are, or are nearly the same as. */
  indicesOf(ids: Iterable<string>): Set<number>
}

/** The edition, what is kept of its pool, and the share of a trial; null where nobody is to have one, or all is done. */
export async function choosingOf(db: Db, editionId: number) {
  const { enabled, trialShare } = await readPersonal(db)
  const edition = await readEditionById(db, editionId)
  if (!enabled || !edition?.frozenAt || edition.fannedOutAt || !edition.papers) return null
  const kept = await readPool(db, editionId)
  if (kept?.chosenAt || (await nextReaders(db, frequenciesOf(edition), 0, 1)).length === 0) return null
  return { edition, kept, trialShare }
}

/**
 * Does nothing where nobody is to have one, or all is done. A process that was killed is followed by the next, which
 * goes on where it was.
 * @param onPart - is told after each part for how many readers an edition has been chosen.
 * @returns for how many readers an edition was chosen by this call.
 */
export async function choosePersonal(
  services: EditionServices,
  editionId: number,
  onPart: (chosen: number) => void = () => {},
): Promise<number> {
  const { db, clock } = services
  const choosing = await choosingOf(db, editionId)
  if (!choosing) return 0
  const { edition, trialShare } = choosing
  const kept = choosing.kept ?? (await makePool(services, edition))
  const kit = await openKit(services, edition, kept, trialShare)
  let chosen = 0
  for (;;) {
    const part = await db.transaction('bulk', (tx) => choosePart(tx, kit))
    if (!part) break
    chosen += part.chosen
    onPart(chosen)
    await setImmediate()
  }
  await endChoosing(db, editionId, clock.now())
  return chosen
}

const frequenciesOf = ({ kind }: Edition) => (kind === 'weekly' ? ['weekly'] : ['daily', 'weekdays'])

async function openKit(
  { db, clock }: EditionServices,
  edition: Edition,
  kept: KeptPool,
  share: number,
): Promise<Kit> {
  const sample = await newestTexts(db, sampled)
  const lexicon = lexiconOf([...sample, ...kept.papers])
  const placed = await placedBy(db, lexicon, kept.papers)
  const indices = new Map(
    kept.papers.flatMap(({ id, alike = [] }, index) => [id, ...alike].map((one) => [one, index] as const)),
  )
  const others = sample.filter(({ id }) => !indices.has(id))
  const common = (edition.papers ?? []).flatMap(({ id }) => indices.get(id) ?? [])
  const every = Math.max(1, Math.floor(others.length / passedOver))
  const background = others.filter((_, i) => i % every === 0).slice(0, passedOver)
  const unread = await placedBy(db, lexicon, background)
  return {
    edition,
    kept,
    share,
    pool: openPool(kept.papers, placed),
    space: openSpace(placed, unread),
    tastes: openTastes(lexicon, clock.now()),
    common,
    places: Math.max(kept.size, common.length),
    indicesOf: (ids) => new Set([...ids].flatMap((id) => indices.get(id) ?? [])),
  }
}

const progress = statement({
  text: `SELECT fanned_out_at IS NOT NULL AS out,
      (SELECT max(last_reader) FROM personal_order WHERE edition_id = $1) AS last FROM edition WHERE id = $1 FOR UPDATE`,
  parameters: [int],
  columns: { out: boolean, last: nullable(int) },
})

const write = statement({
  text: 'INSERT INTO personal_order (edition_id, last_reader, readers, orders) VALUES ($1, $2, $3, $4)',
  parameters: [int, int, ints, bytes],
  columns: {},
})

/** What they had is read, and what they get is written, under one lock: no paper comes twice. @returns null at the end. */
async function choosePart(tx: Tx, kit: Kit): Promise<{ chosen: number } | null> {
  const { edition, kept } = kit
  await takeLock(tx, 'personal editions')
  const [row] = await tx.run(progress, [edition.id])
  if (!row || row.out) return null
  const readers = await nextReaders(tx, frequenciesOf(edition), row.last ?? 0, together)
  const last = readers.at(-1)
  if (last === undefined) return null
  const hadOf = await hadBy(tx, edition, readers)
  const tasteOf = await kit.tastes(tx, readers)
  const orders: Buffer[] = []
  const withOrder: number[] = []
  for (const [i, reader] of readers.entries()) {
    if (i % atOnce === 0) await setImmediate()
    const [taste, had] = [tasteOf(reader), kit.indicesOf(hadOf.get(reader) ?? [])]
    const chosen = isChosen(reader, kit.share)
      ? chooseFor(kit.space, kit.pool, taste, { size: kept.size, had })
      : keepCommon(kit.pool, taste, { common: kit.common, had })
    if (chosen === null) continue
    withOrder.push(reader)
    orders.push(writeOrder(chosen, kit.places))
  }
  await tx.run(write, [edition.id, last, withOrder, Buffer.concat(orders)])
  return { chosen: withOrder.length }
}
