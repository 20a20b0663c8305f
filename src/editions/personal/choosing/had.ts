/** Which papers readers had: of what was mailed to them, or is on its way, in the days that a pool reaches back. */
import { addDays, type Day } from '../../../clock.js'
import type { Queries } from '../../../db/client.js'
import { quoted } from '../../../db/queries/quoted.js'
import {
  bytes,
  day as dayType,
  int,
  ints,
  nullable,
  present,
  smallints,
  text,
  varbit,
} from '../../../db/queries/sql-types.js'
import { json } from '../../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../../db/queries/statement.js'
import { fates } from '../../../mail/delivery-status.js'
import { Type } from 'typebox'
import { orderAt, readOrder } from '../pool/orders.js'
import { poolDays } from '../pool/pool.js'

const notMailed = quoted([...fates.rejected, ...fates.leftOut])

/** The papers of editions in the order of their pools, and those of the common edition. */
const papersOf = statement({
  text: `SELECT e.id, coalesce(jsonb_path_query_array(e.papers, '$[*].id'), '[]') AS common,
      coalesce(jsonb_path_query_array(p.papers, '$[*].id'), '[]') AS pool
    FROM edition e LEFT JOIN edition_pool p ON p.edition_id = e.id
    WHERE e.day >= $1::date AND e.id <> $2 AND e.frozen_at IS NOT NULL`,
  parameters: [dayType, int],
  columns: { id: int, common: json(Type.Array(Type.String())), pool: json(Type.Array(Type.String())) },
})

const batchesOf = statement({
  text: `SELECT b.edition_id AS edition, b.readers, b.orders, b.accepted, b.apart, b.status,
      (SELECT coalesce(array_agg((d.id - b.id)::int2), '{}') FROM delivery d
        WHERE d.id >= b.id AND d.id < b.id + 1024 AND d.status IN (${notMailed})) AS lost
    FROM batch b WHERE b.edition_id = ANY ($1) AND b.last_reader >= $2 AND b.first_reader <= $3`,
  parameters: [ints, int, int],
  columns: {
    edition: int,
    readers: present(ints),
    orders: nullable(bytes),
    accepted: varbit,
    apart: varbit,
    status: text,
    lost: smallints,
  },
})
type BatchRow = RowOf<typeof batchesOf>

const waiting = statement({
  text: `SELECT edition_id AS edition, coalesce(readers, '{}') AS readers, orders FROM personal_order
    WHERE edition_id = ANY ($1) AND last_reader >= $2`,
  parameters: [ints, int],
  columns: { edition: int, readers: ints, orders: bytes },
})

/** A welcome brings the newest daily edition. */
const welcomes = statement({
  text: `SELECT d.subscriber_id AS reader, e.id AS edition FROM delivery d, LATERAL (
      SELECT id FROM edition WHERE kind = 'daily' AND frozen_at <= coalesce(d.settled_at, d.created_at) AND number IS NOT NULL
      ORDER BY day DESC LIMIT 1) e
    WHERE d.kind = 'welcome' AND d.subscriber_id = ANY ($1) AND d.created_at >= $2::date
      AND d.status NOT IN (${notMailed})`,
  parameters: [ints, dayType],
  columns: { reader: present(int), edition: int },
})

/** @param readers in order. @returns the ids of the papers that each of them had; readers without any are absent. */
export async function hadBy(
  db: Queries,
  edition: { id: number; day: Day },
  readers: readonly number[],
): Promise<Map<number, Set<string>>> {
  const had = new Map<number, Set<string>>()
  const [first, last] = [readers[0] ?? 0, readers.at(-1) ?? 0]
  const wanted = new Set(readers)
  const since = addDays(edition.day, -2 * poolDays)
  const editions = new Map((await db.run(papersOf, [since, edition.id])).map((row) => [row.id, row]))
  const note = (reader: number, papers: Iterable<string>) => {
    const known = had.get(reader) ?? new Set()
    had.set(reader, known)
    for (const paper of papers) known.add(paper)
  }
  const ids = [...editions.keys()]
  for (const batch of await db.run(batchesOf, [ids, first, last])) {
    const papers = editions.get(batch.edition)
    for (const [position, reader] of batch.readers.entries()) {
      if (!papers || !wanted.has(reader) || !wasMailed(batch, position)) continue
      note(reader, papersIn(papers, batch.orders && orderAt(batch.orders, position, batch.readers.length)))
    }
  }
  for (const { edition: id, readers: waits, orders } of await db.run(waiting, [ids, first])) {
    const papers = editions.get(id)
    for (const [position, reader] of waits.entries()) {
      if (papers && wanted.has(reader))
        note(reader, papersIn(papers, orderAt(orders, position, waits.length)))
    }
  }
  for (const { reader, edition: id } of await db.run(welcomes, [[...readers], since])) {
    note(reader, editions.get(id)?.common ?? [])
  }
  return had
}

type Papers = { common: string[]; pool: string[] }

function papersIn({ common, pool }: Papers, order: Buffer | null): string[] {
  return order ? readOrder(order).flatMap(({ index }) => pool[index] ?? []) : common
}

/** Or may still be: what is on its way counts. */
function wasMailed({ accepted, apart, status, lost }: BatchRow, position: number): boolean {
  if (accepted[position] === '1') return true
  if (apart[position] === '1') return !lost.includes(position)
  return status === 'due' || status === 'claimed'
}
