/** The crash drill: workers killed at random moments, the database struck down, a relay that fails in every way. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../src/db/client.js'
import { readTotals } from '../../src/deliveries/ledger/totals.js'
import { mustMoveEdition } from '../../src/editions/transitions.js'
import { openDrillDatabase } from './database.js'
import { openSink, openWorker, type WorkerProcess } from './processes.js'
import { randomFrom } from './random.js'
import { setScene, workerEnvironment } from './scene.js'
import { type DrillResult, tally } from './tally.js'
import { untilDone, untilLooked, untilNothingHeld, watchRecovery } from './watch.js'

export type CrashPlan = {
  seed: number
  deliveries: number
  kills: number
  restarts: number
  /** How often the edition is paused, with a worker killed meanwhile, and resumed. */
  pauses?: number
  /** Of messages, the share that the relay defers at first: exceptions of the ledger. */
  deferring?: number
  /** Of each worker to the relay. */
  connections: number
  leaseSeconds: number
  /** Ends the drill as failed when not all is done by then. */
  limitSeconds: number
  /** Milliseconds for each message, so that the run lasts as long as its kills. */
  delayMs: number
  tell: (line: string) => void
}

type Event = { at: number; what: 'kill' | 'restart' | 'pause' }

export async function crashDrill(plan: CrashPlan): Promise<DrillResult> {
  const random = randomFrom(plan.seed)
  const database = await openDrillDatabase()
  const sink = await openSink({
    seed: plan.seed + 1,
    deferred: plan.deferring ?? 0.1,
    droppedAfterDot: 0.02,
    hung: 0.002,
    busy: 0.03,
    delayMs: plan.delayMs,
  })
  const begun = performance.now()
  const deadline = begun + plan.limitSeconds * 1_000
  const env = workerEnvironment(plan, database, sink.url)
  const workers: WorkerProcess[] = []
  const open = (n: number) => openWorker(env, `worker-${n}`)
  const recovery = watchRecovery(database.db)

  const kill = async (victim: number) => {
    const at = performance.now()
    await workers[victim]?.kill()
    await recovery.lost(at)
    await sleep(random() * 500)
    workers[victim] = open(victim)
  }

  const broken: string[] = []
  const pause = async (edition: number, victim: number) => {
    const { db } = database
    await mustMoveEdition(db, edition, 'pause', { now: new Date() })
    await untilNothingHeld(db, edition)
    const before = await acceptedOf(db, edition)
    await kill(victim)
    await untilLooked(db, 2)
    const sent = (await acceptedOf(db, edition)) - before
    if (sent > 0) broken.push(`${sent} mails went out while the edition was paused`)
    await mustMoveEdition(db, edition, 'resume', { now: new Date() })
  }

  try {
    const edition = await setScene(database.db, plan.deliveries)
    workers.push(open(0), open(1))
    for (const { at, what } of eventsOf(plan, random)) {
      await untilDone(database.db, edition, at * plan.deliveries, deadline)
      const victim = random() < 0.5 ? 0 : 1
      const signal = random() < 0.5 ? 'SIGINT' : 'SIGQUIT'
      const target = {
        kill: `kill -9 of worker ${victim}`,
        restart: `${signal} to the database server`,
        pause: `pause, and kill -9 of worker ${victim}`,
      }[what]
      plan.tell(`${target} at ${Math.round(at * 100)} %`)
      if (what === 'kill') await kill(victim)
      else if (what === 'restart') await database.strike(signal)
      else await pause(edition, victim)
    }
    await untilDone(database.db, edition, 'all', deadline)
    const resumedSeconds = await recovery.end()
    for (const worker of workers) await worker.stop()
    const pauses = plan.pauses ?? 0
    const result = await tally(database.db, edition, await sink.report(), {
      ...plan,
      kills: plan.kills + pauses,
      // A restart of the database is a loss to both workers.
      losses: plan.kills + pauses + 2 * plan.restarts,
      resumedSeconds,
      seconds: (performance.now() - begun) / 1_000,
    })
    return { ...result, broken: [...broken, ...result.broken] }
  } finally {
    for (const worker of workers) await worker.kill()
    sink.close()
    await database.close()
  }
}

/** When, as a share of the deliveries done, something happens. */
function eventsOf(plan: CrashPlan, random: () => number): Event[] {
  const events: Event[] = []
  for (let n = 0; n < plan.kills; n += 1) events.push({ at: random() * 0.95, what: 'kill' })
  for (let n = 0; n < plan.restarts; n += 1) events.push({ at: 0.1 + random() * 0.8, what: 'restart' })
  for (let n = 0; n < (plan.pauses ?? 0); n += 1) events.push({ at: 0.1 + random() * 0.7, what: 'pause' })
  return events.sort((a, b) => a.at - b.at)
}

const acceptedOf = async (db: Db, edition: number): Promise<number> =>
  (await readTotals(db, edition)).byStatus.accepted
