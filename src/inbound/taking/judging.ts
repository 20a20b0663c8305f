/** Judges what came in, soon after it came, and what another process left behind. */
import { messageOf } from '../../errors.js'
import { judgeWaiting } from './judge.js'
import type { JudgeServices } from './judged.js'
import type { Pace } from './pace.js'

export type Judging = {
  /** Something came in. */
  nudge: () => void
  /** Ends what is being judged and begins nothing more. */
  close(): Promise<void>
}

/** How often it looks by itself. */
const everyMs = 2_000

export function startJudging(services: JudgeServices, pace: Pace): Judging {
  const stop = new AbortController()
  let running: Promise<void> | undefined
  let again = false

  const run = async () => {
    do {
      again = false
      await judgeWaiting(services, () => !stop.signal.aborted, pace)
    } while (again && !stop.signal.aborted)
  }
  const nudge = () => {
    again = true
    running ??= run()
      .catch((error: unknown) => {
        services.log.warn({ fault: messageOf(error) }, 'judging what came in failed, it is tried again')
      })
      .finally(() => {
        running = undefined
      })
  }
  nudge()
  const timer = setInterval(nudge, everyMs)
  return {
    nudge,
    close: async () => {
      stop.abort()
      clearInterval(timer)
      await running
    },
  }
}
