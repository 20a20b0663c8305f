/** A line of progress for each step of the demo. */
import type { Shell } from '../shell/shell.js'
import { unlessStopped } from '../shell/signals.js'

/** Does the work and tells how it ended and how long it took. */
export async function step<T>(
  { output, stopped }: Shell,
  work: () => Promise<T>,
  told: (result: T) => string,
): Promise<T> {
  const begun = performance.now()
  const result = await unlessStopped(stopped, work())
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  output.say(`✓ ${told(result)} (${seconds} s)`)
  return result
}
