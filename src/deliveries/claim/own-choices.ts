/** Gives claimed mails of an edition the choice of papers that was made for their readers. */
import type { Queries } from '../../db/queries/queries.js'
import { bigint, bigints, bytes, int, present } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { labelsOf } from '../../editions/personal/mail/labels.js'
import { orderAt } from '../../editions/personal/pool/orders.js'
import type { Claimed } from '../ledger/delivery.js'

const ordersOf = statement({
  text: `SELECT id, orders, length(accepted) AS size FROM batch WHERE id = ANY ($1) AND orders IS NOT NULL`,
  parameters: [bigints],
  columns: { id: bigint, orders: present(bytes), size: int },
})

/** A place's id is its batch's id plus its position; rows that never were places have lower ids. */
const firstBatch = 2n ** 40n
const placesApart = 1024n

export async function withOwnChoices(tx: Queries, claimed: Claimed[]): Promise<Claimed[]> {
  const batches = new Set(
    claimed.map(({ id }) => BigInt(id)).flatMap((id) => (id < firstBatch ? [] : [id - (id % placesApart)])),
  )
  if (batches.size === 0) return claimed
  const kept = new Map((await tx.run(ordersOf, [[...batches]])).map((row) => [row.id, row]))
  if (kept.size === 0) return claimed
  const orders = claimed.map(({ id }) => {
    const position = BigInt(id) % placesApart
    const batch = kept.get(String(BigInt(id) - position))
    return batch ? orderAt(batch.orders, Number(position), batch.size) : null
  })
  const labels = await labelsOf(
    tx,
    claimed.flatMap(({ subscriberId: reader }, i) => (orders[i] ? [{ reader, order: orders[i] }] : [])),
  )
  return claimed.map((mail, i) => {
    const order = orders[i]
    return order ? { ...mail, personal: { order, labels: labels.get(mail.subscriberId) ?? new Map() } } : mail
  })
}
