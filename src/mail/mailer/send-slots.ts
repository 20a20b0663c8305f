/** When a relay that is bounded gets its next message: turns are booked in blocks, and handed out one by one. */
import { messageOf } from '../../errors.js'
import { Stops } from './abort-listeners.js'
import { type Haste, isWanted } from './haste.js'

/**
 * Books `count` turns of a relay, `rate` a second, behind all that were booked before.
 * @returns milliseconds from now to the first of them.
 */
export type BookTurns = (relay: string, rate: number, count: number) => Promise<number>

/** A book that this process shares with nobody. */
export function bookAlone(): BookTurns {
  const tails = new Map<string, number>()
  return async (relay, rate, count) => {
    const now = performance.now()
    const first = Math.max(now, tails.get(relay) ?? 0)
    tails.set(relay, first + (count * 1_000) / rate)
    return first - now
  }
}

type Waiter = Haste & { resolve(): void; reject(error: Error): void }
/** Turns in a row: when the next of them is, and how many are left. */
type Block = { at: number; left: number }

/** No process books further ahead, so that what it does not use is little. */
const longestBlockMs = 250
/** A turn that was not taken by then lapses: whoever is late may not catch up in a rush. */
const lapseMs = 50
/** How often those who stand in line are asked whether they are still wanted. */
const reviewMs = 500

export class Turns {
  readonly #relay: string
  readonly #rate: number
  readonly #bookTurns: BookTurns
  readonly #stops = new Stops(() => this.#dropUnwanted())
  #urgent: Waiter[] = []
  #others: Waiter[] = []
  readonly #blocks: Block[] = []
  #timer: NodeJS.Timeout | undefined
  #booking = false
  #lastCount = 0
  #lapsed = false

  constructor(relay: string, rate: number, bookTurns: BookTurns) {
    this.#relay = relay
    this.#rate = rate
    this.#bookTurns = bookTurns
  }

  /** Resolves when it is the message's turn. @throws Error when it was stopped, or no turn could be booked. */
  take(haste: Haste): Promise<void> {
    if (!isWanted(haste)) return Promise.reject(new Error('stopped'))
    this.#stops.hear(haste.stop)
    return new Promise<void>((resolve, reject) => {
      const queue = haste.urgent ? this.#urgent : this.#others
      queue.push({ ...haste, resolve, reject })
      this.#serve()
    })
  }

  #serve(): void {
    clearTimeout(this.#timer)
    const now = performance.now()
    this.#dropLapsed(now)
    this.#dropUnwanted()
    for (let block = this.#blocks[0]; block && block.at <= now; block = this.#blocks[0]) {
      const waiter = this.#urgent.shift() ?? this.#others.shift()
      if (!waiter) return
      this.#skip(block, 1)
      waiter.resolve()
    }
    const waiting = this.#urgent.length + this.#others.length
    if (waiting === 0) return
    const [next] = this.#blocks
    const wait = next ? Math.ceil(next.at - now) : reviewMs
    this.#timer = setTimeout(() => this.#serve(), Math.min(wait, reviewMs))
    // Ahead of time, so that the wire does not stand still while the database answers.
    const left = this.#blocks.reduce((sum, block) => sum + block.left, 0)
    if (!this.#booking && left < Math.max(waiting, this.#lastCount / 2)) void this.#book(waiting)
  }

  /** Twice as many as last time as long as all of them are used. */
  async #book(waiting: number): Promise<void> {
    this.#booking = true
    const most = Math.max(1, Math.floor((this.#rate * longestBlockMs) / 1_000))
    const count = Math.min(most, Math.max(waiting, this.#lapsed ? 0 : 2 * this.#lastCount))
    this.#lastCount = count
    this.#lapsed = false
    try {
      const wait = await this.#bookTurns(this.#relay, this.#rate, count)
      this.#blocks.push({ at: performance.now() + wait, left: count })
    } catch (error) {
      const fault = new Error(`no turn could be booked: ${messageOf(error)}`)
      for (const waiter of [...this.#urgent.splice(0), ...this.#others.splice(0)]) waiter.reject(fault)
    }
    this.#booking = false
    this.#serve()
  }

  #dropUnwanted(): void {
    const gone = [...this.#urgent, ...this.#others].filter((waiter) => !isWanted(waiter))
    if (gone.length === 0) return
    this.#urgent = this.#urgent.filter((waiter) => !gone.includes(waiter))
    this.#others = this.#others.filter((waiter) => !gone.includes(waiter))
    for (const waiter of gone) waiter.reject(new Error('stopped'))
  }

  #dropLapsed(now: number): void {
    for (let block = this.#blocks[0]; block; block = this.#blocks[0]) {
      const late = Math.ceil(((now - lapseMs - block.at) * this.#rate) / 1_000)
      if (late <= 0) return
      this.#lapsed = true
      this.#skip(block, late)
    }
  }

  #skip(block: Block, count: number): void {
    block.left -= count
    block.at += (count * 1_000) / this.#rate
    if (block.left <= 0) this.#blocks.shift()
  }
}
