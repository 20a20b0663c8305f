/** Computes what new papers mean, where a model is given: some at a time, in a thread of its own. */
import { messageOf } from '../errors.js'
import { alone, type JobServices } from './job.js'

/** So long at a time: what is left is due at the next tick. */
const atMostMs = 20_000

export async function meaning({ db, meaning: model, log }: JobServices): Promise<boolean> {
  if (!model) return true
  return alone(db, 'meaning', async () => {
    const until = performance.now() + atMostMs
    try {
      while (performance.now() < until && (await model.compute(db)) > 0);
    } catch (error) {
      log.error({ fault: messageOf(error) }, 'the meaning of papers could not be computed')
    }
  })
}
