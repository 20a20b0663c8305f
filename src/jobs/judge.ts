/** Judges what providers called with, where no inbound process does. */
import { judgeWaiting } from '../inbound/taking/judge.js'
import type { JobServices } from './job.js'

/** Whoever sends does so first: what is left is due at the next tick. */
const longestMs = 2_000

export async function judge(services: JobServices): Promise<void> {
  const until = performance.now() + longestMs
  await judgeWaiting(services, () => performance.now() < until)
}
