/** A reader's place in a batch, as the worker that holds the batch knows it. */

/** So many readers share a row of the ledger: their ids fill one page of what Postgres stores out of line. */
export const batchSize = 480

/** A batch under this worker's lease. */
export type HeldBatch = {
  id: string
  /** The fence: only who holds it may settle its places. */
  claim: string
  /** How many places it has. */
  size: number
  /** Positions that were handed to this worker and are neither settled nor given back; without any it is released. */
  open: number[]
  /** Where doubt is held for a human, so many of them may be begun and not settled; else null. */
  window: number | null
  /** Places from this position on may not be begun: it is not on record yet that they might have been. */
  begun: number
}

export type Place = { batch: HeldBatch; position: number }

/** The id of the mail that is owed to a place; the same when it becomes a row of its own. */
export const placeId = (batchId: string, position: number): string =>
  String(BigInt(batchId) + BigInt(position))

/** Bits for a batch of that size, set at the positions, as Postgres reads them. */
export function bitsOf(size: number, positions: number[]): string {
  const bits = Buffer.alloc(size, '0')
  for (const position of positions) bits.write('1', position)
  return bits.toString('latin1')
}

/** Up to where places may be begun when these are the open ones. */
export const begunOf = ({ size, window }: HeldBatch, open: number[]): number =>
  window === null ? size : (open[window] ?? size)

/** The positions that stay open once these are settled or given back. */
export function openWithout({ open }: HeldBatch, gone: number[]): number[] {
  const positions = new Set(gone)
  return open.filter((position) => !positions.has(position))
}
