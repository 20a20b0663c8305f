/** Makes answers take alike long, whatever the work was that came before them. */
import { setTimeout } from 'node:timers/promises'

/** Longer than a sign-up takes, and shorter than anybody notices. */
const stepMs = 20

/**
 * Waits until the time since `began` (of `performance.now()`) is a multiple of a step: a row that is added
 * and a row that is found differ by a fraction of a millisecond, and nobody is to measure that.
 */
export async function evenOut(began: number): Promise<void> {
  const passed = performance.now() - began
  await setTimeout(Math.ceil(stepMs - (passed % stepMs)))
}
