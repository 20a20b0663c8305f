/** What one reader follows and mutes: read, added and taken away. */
import type { Clock } from '../../clock.js'
import type { Queries, Tx } from '../../db/client.js'
import { narrow } from '../../db/queries/columns.js'
import { booleans, count, int, texts, textsOrNulls, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import { lockSubscriber } from '../lock.js'
import { type InterestKind, mostInterests, type Named, namedOf, type Wanted } from './interest.js'

export type Interest = {
  /** Among the reader's own. */
  n: number
  kind: InterestKind
  key: string
  label: string
  muted: boolean
  /** Title and abstract of an example that is not among our papers. */
  words: string | null
  createdAt: Date
}

/** Oldest first. */
export async function readInterests(db: Queries, subscriberId: number): Promise<Interest[]> {
  const rows = await db.models.interest.findMany({
    where: { subscriberId },
    omit: { subscriberId: true },
    orderBy: { n: 'asc' },
  })
  return rows.map((row) => narrow('interest', row))
}

const add = statement({
  text: `INSERT INTO interest AS i (subscriber_id, n, kind, key, label, muted, words, created_at)
    SELECT $1, (SELECT coalesce(max(n), 0) FROM interest WHERE subscriber_id = $1) + r.n, r.kind, r.key, r.label, r.muted, r.words, $7
    FROM unnest($2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[])
      WITH ORDINALITY AS r(kind, key, label, muted, words, n)
    ON CONFLICT (subscriber_id, kind, key) DO UPDATE
      SET muted = excluded.muted, label = excluded.label, words = coalesce(excluded.words, i.words)`,
  parameters: [int, texts, texts, texts, booleans, textsOrNulls, timestamptz],
  columns: {},
})

const countsOf = statement({
  text: `SELECT count(*) FILTER (WHERE kind <> 'paper') AS interests, count(*) FILTER (WHERE kind = 'paper') AS examples
    FROM interest WHERE subscriber_id = $1`,
  parameters: [int],
  columns: { interests: count, examples: count },
})

export async function countInterests(db: Queries, subscriberId: number) {
  const [held] = await db.run(countsOf, [subscriberId])
  return held ?? { interests: 0, examples: 0 }
}

/**
 * Follows, or mutes, what the reader names; what was followed before is muted then, and the other way round.
 * @throws Problem `unprocessable` for what nobody can follow or for more than {@link mostInterests}, `gone` when
 * there is no such subscriber.
 */
export async function addInterests(
  tx: Tx,
  clock: Clock,
  subscriberId: number,
  wanted: readonly Wanted[],
): Promise<void> {
  const named = wanted.map((one) => ({ ...namedOf(one), muted: one.muted, words: null }))
  await writeInterests(tx, clock, subscriberId, named)
  const held = await countInterests(tx, subscriberId)
  if (held.interests > mostInterests) {
    throw new Problem(
      'unprocessable',
      `You follow and mute ${mostInterests} things already, and more would say little. Take one away first.`,
    )
  }
}

type Row = Named & { muted: boolean; words: string | null }

/** Adds or changes them, whatever their number. @throws Problem `gone` when there is no such subscriber. */
export async function writeInterests(tx: Tx, clock: Clock, subscriberId: number, rows: Row[]): Promise<void> {
  if (!(await lockSubscriber(tx, subscriberId))) {
    throw new Problem('gone', 'There is no such subscription any more.')
  }
  const once = [...new Map(rows.map((row) => [`${row.kind} ${row.key}`, row])).values()]
  const column = <T>(pick: (row: Row) => T) => once.map(pick)
  await tx.run(add, [
    subscriberId,
    column((row) => row.kind),
    column((row) => row.key),
    column((row) => maskAddresses(row.label)),
    column((row) => row.muted),
    column((row) => row.words && maskAddresses(row.words)),
    clock.now(),
  ])
}

/** Neither follows nor mutes it any more. @returns whether they did. */
export async function removeInterest(tx: Tx, subscriberId: number, n: number): Promise<boolean> {
  const { count } = await tx.models.interest.deleteMany({ where: { subscriberId, n } })
  return count > 0
}
