/** The crash drill: workers killed at random moments, the database struck down, a relay that fails in every way. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDrillDatabase } from './database.js'
import { openSink, openWorker, type WorkerProcess } from './processes.js'
import { randomFrom } from './random.js'
import { setScene, workerEnvironment } from './scene.js'
import { type DrillResult, tally } from './tally.js'
import { untilDone, watchRecovery } from './watch.js'

export type CrashPlan = {
  seed: number
  deliveries: number
  kills: number
  restarts: number
  /** Of each worker to the relay. */
  connections: number
  leaseSeconds: number
  /** Ends the drill as failed when not all is done by then. */
  limitSeconds: number
  /** Milliseconds for each message, so that the run lasts as long as its kills. */
  delayMs: number
  tell: (line: string) => void
}

type Event = { at: number; what: 'kill' | 'restart' }

export async function crashDrill(plan: CrashPlan): Promise<DrillResult> {
  const random = randomFrom(plan.seed)
  const database = await openDrillDatabase()
  const sink = await openSink({
    seed: plan.seed + 1,
    deferred: 0.1,
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

  try {
    const edition = await setScene(database.db, plan.deliveries)
    workers.push(open(0), open(1))
    for (const { at, what } of eventsOf(plan, random)) {
      await untilDone(database.db, edition, at * plan.deliveries, deadline)
      const victim = random() < 0.5 ? 0 : 1
      const signal = random() < 0.5 ? 'SIGINT' : 'SIGQUIT'
      const target = what === 'kill' ? `kill -9 of worker ${victim}` : `${signal} to the database server`
      plan.tell(`${target} at ${Math.round(at * 100)} %`)
      await (what === 'kill' ? kill(victim) : database.strike(signal))
    }
    await untilDone(database.db, edition, 'all', deadline)
    const resumedSeconds = await recovery.end()
    for (const worker of workers) await worker.stop()
    return await tally(database.db, edition, await sink.report(), {
      ...plan,
      // A restart of the database is a loss to both workers.
      losses: plan.kills + 2 * plan.restarts,
      resumedSeconds,
      seconds: (performance.now() - begun) / 1_000,
    })
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
  return events.sort((a, b) => a.at - b.at)
}
