/** Judges what came in, soon after it came, and what another process left behind. */
import { messageOf } from '../../errors.js'
import { judgeWaiting } from './judge.js'
import type { JudgeServices } from './judged.js'
import type { Pace } from './pace.js'

/** How often it looks by itself. */
const everyMs = 2_000

export class Judging {
  readonly #services: JudgeServices
  readonly #pace: Pace
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined
  #again = false
  #timer: NodeJS.Timeout | undefined

  constructor(services: JudgeServices, pace: Pace) {
    this.#services = services
    this.#pace = pace
  }

  start(): void {
    this.nudge()
    this.#timer = setInterval(() => this.nudge(), everyMs)
  }

  /** Something came in. */
  nudge(): void {
    this.#again = true
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        const fields = { fault: messageOf(error) }
        this.#services.log.warn(fields, 'judging what came in failed, it is tried again')
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  /** Ends what is being judged and begins nothing more. */
  async close(): Promise<void> {
    this.#stop.abort()
    clearInterval(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    do {
      this.#again = false
      await judgeWaiting(this.#services, () => !signal.aborted, this.#pace)
    } while (this.#again && !signal.aborted)
  }
}
