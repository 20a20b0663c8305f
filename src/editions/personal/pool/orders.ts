/** Readers' choices as bytes: four for each paper, so that a reader's order costs some forty bytes of the ledger. */
import { type Chosen, causes } from '../../../papers/personal/choosing/causes.js'

/** Index in the pool plus 1, cause, and the low half of the number that the cause names. */
const entryBytes = 4

/** As many papers as a byte can tell apart. */
export const mostInPool = 250

/** Bytes of a reader's order in an edition of so many papers. */
const orderBytes = (size: number): number => size * entryBytes

/** Fewer papers than the size leave zeros behind. */
export function writeOrder(chosen: readonly Chosen[], size: number): Buffer {
  const order = Buffer.alloc(orderBytes(size))
  for (const [i, { index, cause, n }] of chosen.slice(0, size).entries()) {
    order[i * entryBytes] = index + 1
    order[i * entryBytes + 1] = causes.indexOf(cause)
    order.writeUInt16BE(n & 0xff_ff, i * entryBytes + 2)
  }
  return order
}

/** Whether nothing was left for the reader: what they had or mute was all there was. */
export const isNothing = (order: Buffer): boolean => order.every((byte) => byte === 0)

export function readOrder(order: Buffer): Chosen[] {
  const chosen: Chosen[] = []
  for (let at = 0; at + entryBytes <= order.length; at += entryBytes) {
    const index = order[at]! - 1
    const cause = causes[order[at + 1]!]
    if (index >= 0 && cause) chosen.push({ index, cause, n: order.readUInt16BE(at + 2) })
  }
  return chosen
}

/** The order of the reader at a position, of several that stand one after another. */
export function orderAt(orders: Buffer, position: number, readers: number): Buffer {
  const bytes = orders.length / readers
  return orders.subarray(position * bytes, (position + 1) * bytes)
}
