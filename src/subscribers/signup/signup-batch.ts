/** Puts sign-ups that arrive while another is being written into one statement, so that a rush shares commits. */
import type { Clock } from '../../clock.js'
import type { Db } from '../../db/client.js'
import type { SignupLimits } from '../door/limits.js'
import { retrying } from '../retry.js'
import { type SignupRow, storeSignups, type Stored } from './signup-store.js'

type Waiting = {
  row: SignupRow
  limits: SignupLimits
  clock: Clock
  resolve(stored: Stored): void
  reject(fault: unknown): void
}

const mostInOne = 200

const queues = new WeakMap<Db, { waiting: Waiting[]; busy: boolean }>()

/** Writes the sign-up, alone or together with others; a fault of another one does not touch it. */
export function writeSignup(
  services: { db: Db; clock: Clock },
  row: SignupRow,
  limits: SignupLimits,
): Promise<Stored> {
  const queue = queues.get(services.db) ?? { waiting: [], busy: false }
  queues.set(services.db, queue)
  return new Promise((resolve, reject) => {
    queue.waiting.push({ row, limits, clock: services.clock, resolve, reject })
    if (!queue.busy) void drain(services.db, queue)
  })
}

async function drain(db: Db, queue: { waiting: Waiting[]; busy: boolean }): Promise<void> {
  queue.busy = true
  while (queue.waiting.length > 0) {
    const batch = nextBatch(queue.waiting)
    queue.waiting = queue.waiting.filter((one) => !batch.has(one))
    await settle(db, [...batch])
  }
  queue.busy = false
}

/** One for each address, since a statement can write a row only once. */
function nextBatch(waiting: Waiting[]): Set<Waiting> {
  const batch = new Map<string, Waiting>()
  const limits = waiting[0]?.limits
  for (const one of waiting) {
    const guard = one.row.guard.toString('base64')
    if (one.limits === limits && !batch.has(guard)) batch.set(guard, one)
    if (batch.size === mostInOne) break
  }
  return new Set(batch.values())
}

async function settle(db: Db, batch: Waiting[]): Promise<void> {
  try {
    const stored = await retrying(() => store(db, batch))
    for (const [i, one] of batch.entries()) one.resolve(stored[i] ?? { refused: 'all', used: 0 })
  } catch (error) {
    if (batch.length === 1) batch[0]?.reject(error)
    else for (const one of batch) await settle(db, [one])
  }
}

function store(db: Db, batch: Waiting[]): Promise<Stored[]> {
  const [first] = batch
  if (!first) return Promise.resolve([])
  return storeSignups(
    db,
    batch.map((one) => one.row),
    first.limits,
    first.clock.now(),
  )
}
