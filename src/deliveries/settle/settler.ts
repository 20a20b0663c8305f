/** Gathers what became of tries and settles it in batches, within 50 ms, in the order in which it came. */
import type { Db } from '../../db/client.js'
import { messageOf } from '../../errors.js'
import type { Log } from '../../log.js'
import { partsOf, settlePart } from './settle.js'
import type { AfterRefusal } from './settlement.js'
import type { Settlement } from './settlement.js'

export type Settler = {
  add(settlement: Settlement): void
  /** How many are not in the ledger yet. */
  pending(): number
  /**
   * Resolves when all are in the ledger, or the signal gives up on it. What comes later is not written: the
   * database may be closed then, and another worker takes the rows over.
   */
  close(signal: AbortSignal): Promise<void>
}

export type SettlerOptions = {
  db: Db
  log: Log
  /** A batch of that many goes at once; fewer wait for company. */
  size: () => number
  afterRefusal: AfterRefusal
  /** Each batch once it is in the ledger; `fenced` were taken over by another worker. */
  onSettled: (settled: Settlement[], fenced: Settlement[]) => void
}

const longestWait = 40
const retryMs = 250

export function openSettler(options: SettlerOptions): Settler {
  let waiting: Settlement[] = []
  let writing = 0
  let busy = false
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const add = (settlement: Settlement) => {
    if (closed) return
    waiting.push(settlement)
    if (waiting.length >= options.size()) void write()
    else timer ??= setTimeout(() => void write(), longestWait)
  }

  // One batch at a time: while it is written, the next one gathers.
  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (busy || waiting.length === 0) return
    busy = true
    const batch = waiting
    waiting = []
    writing = batch.length
    const failed: Settlement[] = []
    for (const part of partsOf(batch)) {
      const settled = await settleOnce(options, part)
      if (!settled) failed.push(...part)
      else {
        writing -= part.length
        report(options, part, settled)
      }
    }
    busy = false
    writing = 0
    waiting = [...failed, ...waiting]
    if (waiting.length > 0 && !closed)
      timer ??= setTimeout(() => void write(), failed.length > 0 ? retryMs : 0)
  }

  const pending = () => waiting.length + writing
  const close = async (signal: AbortSignal) => {
    while (pending() > 0 && !signal.aborted) {
      await write()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    closed = true
    clearTimeout(timer)
  }
  return { add, pending, close }
}

/** Null when the database did not answer: the tries stay known, and are settled once it does. */
async function settleOnce(options: SettlerOptions, part: Settlement[]): Promise<Set<string> | null> {
  try {
    return await settlePart(options.db, part, options.afterRefusal)
  } catch (error) {
    options.log.warn(
      { fault: messageOf(error), deliveries: part.length },
      'settling failed, it is tried again',
    )
    return null
  }
}

function report(options: SettlerOptions, batch: Settlement[], settled: Set<string>): void {
  const fenced = batch.filter(({ delivery }) => !settled.has(delivery.id))
  if (fenced.length > 0) {
    options.log.warn({ deliveries: fenced.length }, 'deliveries had been taken over by another worker')
  }
  options.onSettled(fenced.length > 0 ? batch.filter((one) => !fenced.includes(one)) : batch, fenced)
}
