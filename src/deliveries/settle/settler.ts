/** Gathers what became of tries and settles it in batches, within 50 ms, in the order in which it came. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../db/client.js'
import { messageOf } from '../../errors.js'
import type { Log } from '../../log.js'
import { partsOf, settlePart } from './settle.js'
import type { AfterRefusal, Settlement } from './settlement.js'

/** Where settlements come from, and who hears that they are in the ledger. */
export interface SettledFor {
  /** A batch of that many goes at once; fewer wait for company. */
  batchSize(): number
  /** Within the transaction that settles them. */
  readonly afterRefusal: AfterRefusal
  /** Each batch once it is in the ledger; `fenced` were taken over by another worker. */
  onSettled(settled: Settlement[], fenced: Settlement[]): void
}

const longestWait = 40
const retryMs = 250

export class Settler {
  readonly #db: Db
  readonly #log: Log
  readonly #owner: SettledFor
  #waiting: Settlement[] = []
  #writing = 0
  #busy = false
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor({ db, log }: { db: Db; log: Log }, owner: SettledFor) {
    this.#db = db
    this.#log = log
    this.#owner = owner
  }

  add(settlement: Settlement): void {
    if (this.#closed) return
    this.#waiting.push(settlement)
    if (this.#waiting.length >= this.#owner.batchSize()) void this.#write()
    else this.#writeIn(longestWait)
  }

  /** How many are not in the ledger yet. */
  pending(): number {
    return this.#waiting.length + this.#writing
  }

  /**
   * Resolves when all are in the ledger, or the signal gives up on it. What comes later is not written: the
   * database may be closed then, and another worker takes the rows over.
   */
  async close(signal: AbortSignal): Promise<void> {
    while (this.pending() > 0 && !signal.aborted) {
      await this.#write()
      await sleep(10)
    }
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #writeIn(ms: number): void {
    this.#timer ??= setTimeout(() => void this.#write(), ms)
  }

  // One batch at a time: while it is written, the next one gathers.
  async #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#busy || this.#waiting.length === 0) return
    this.#busy = true
    const batch = this.#waiting
    this.#waiting = []
    this.#writing = batch.length
    const failed: Settlement[] = []
    for (const part of partsOf(batch)) {
      const settled = await this.#settle(part)
      if (!settled) failed.push(...part)
      else {
        this.#writing -= part.length
        this.#report(part, settled)
      }
    }
    this.#busy = false
    this.#writing = 0
    this.#waiting = [...failed, ...this.#waiting]
    if (this.#waiting.length > 0 && !this.#closed) this.#writeIn(failed.length > 0 ? retryMs : 0)
  }

  /** Null when the database did not answer: the tries stay known, and are settled once it does. */
  async #settle(part: Settlement[]): Promise<Set<string> | null> {
    try {
      return await settlePart(this.#db, part, this.#owner.afterRefusal)
    } catch (error) {
      const fields = { fault: messageOf(error), deliveries: part.length }
      this.#log.warn(fields, 'settling failed, it is tried again')
      return null
    }
  }

  #report(batch: Settlement[], settled: Set<string>): void {
    const fenced = batch.filter(({ delivery }) => !settled.has(delivery.id))
    if (fenced.length > 0) {
      this.#log.warn({ deliveries: fenced.length }, 'deliveries had been taken over by another worker')
    }
    this.#owner.onSettled(fenced.length > 0 ? batch.filter((one) => !fenced.includes(one)) : batch, fenced)
  }
}
