/** How long to wait after so many failures in a row, whoever waits: a row, a relay, a source, a mailbox. */

export type Backoff = {
  /** After the first failure, in milliseconds. */
  firstMs: number
  longestMs: number
  /** By how much each wait is longer than the one before; 2 when absent. */
  factor?: number
  /** Shares of the wait between which it is spread, so that what failed together does not return together. */
  spread?: readonly [number, number]
}

/**
 * @param failures - at least 1
 * @param random - from 0 to 1
 * @returns milliseconds.
 */
export function waitAfter(
  failures: number,
  { firstMs, longestMs, factor = 2, spread: [least, most] = [1, 1] }: Backoff,
  random = Math.random(),
): number {
  const plain = Math.min(firstMs * factor ** (Math.max(1, failures) - 1), longestMs)
  return Math.round(plain * (least + (most - least) * random))
}
