/** How long a delivery waits before it is tried again. */

const factor = 3
const longest = 2 * 3_600_000

/**
 * Milliseconds after the given number of tries (at least 1): the base, three times it, nine times …,
 * at most two hours, each spread by a fifth to either side so that what failed together does not return together.
 * @param random from 0 to 1.
 */
export function retryDelay(attempts: number, baseMs: number, random: number): number {
  const plain = Math.min(baseMs * factor ** (Math.max(1, attempts) - 1), longest)
  return Math.round(plain * (0.8 + 0.4 * random))
}
