/** What the causes of readers' choices name, as far as it is still theirs. */
import type { Queries } from '../../../db/client.js'
import { boolean, int, ints, text } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'
import type { Chosen } from '../../../papers/personal/choosing/causes.js'
import { readOrder } from '../pool/orders.js'

const named = statement({
  text: `SELECT i.subscriber_id AS reader, false AS liked, i.n, i.label
    FROM unnest($1::int[], $2::int[]) AS w(reader, n) JOIN interest i ON i.subscriber_id = w.reader AND i.n = w.n
    UNION ALL SELECT f.subscriber_id, true, f.n, p.title
    FROM unnest($3::int[], $4::int[]) AS w(reader, n) JOIN feedback f ON f.subscriber_id = w.reader AND f.n = w.n
    JOIN paper p ON p.id = f.paper_id`,
  parameters: [ints, ints, ints, ints],
  columns: { reader: int, liked: boolean, n: int, label: text },
})

/** By {@link labelKey}, for each of the readers. */
export type Labels = Map<number, Map<string, string>>

/** Answers and interests are each counted for themselves. */
export const labelKey = ({ cause, n }: Pick<Chosen, 'cause' | 'n'>): string =>
  `${cause === 'liked' ? 'liked' : 'named'} ${n}`

export async function labelsOf(
  db: Queries,
  orders: readonly { reader: number; order: Buffer }[],
): Promise<Labels> {
  const interests: [number[], number[]] = [[], []]
  const answers: [number[], number[]] = [[], []]
  for (const { reader, order } of orders) {
    for (const { cause, n } of readOrder(order)) {
      if (n === 0) continue
      const [readers, numbers] = cause === 'liked' ? answers : interests
      readers.push(reader)
      numbers.push(n)
    }
  }
  const labels: Labels = new Map()
  if (interests[0].length + answers[0].length === 0) return labels
  for (const { reader, liked, n, label } of await db.run(named, [...interests, ...answers])) {
    const own = labels.get(reader) ?? new Map<string, string>()
    labels.set(reader, own)
    own.set(labelKey({ cause: liked ? 'liked' : 'author', n }), label)
  }
  return labels
}
