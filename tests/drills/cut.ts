/** The fencing drill: a worker is cut off from the database in the middle of its lease, and comes back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDrillDatabase } from './database.js'
import { openSink, openWorker, type WorkerProcess } from './processes.js'
import { openProxy } from './proxy.js'
import { setScene, workerEnvironment } from './scene.js'
import { type DrillResult, tally } from './tally.js'
import { untilDone, watchRecovery } from './watch.js'

export type CutPlan = {
  seed: number
  deliveries: number
  /** How often one of the two workers is cut off. */
  cuts: number
  connections: number
  leaseSeconds: number
  limitSeconds: number
  delayMs: number
  tell: (line: string) => void
}

/** The other worker takes over; what the one that was cut off knows when it comes back counts for nothing. */
export async function cutDrill(plan: CutPlan): Promise<DrillResult> {
  const database = await openDrillDatabase()
  const faultless = { deferred: 0, droppedAfterDot: 0, hung: 0, busy: 0 }
  const sink = await openSink({ ...faultless, seed: plan.seed, delayMs: plan.delayMs })
  const target = new URL(database.url)
  const proxy = await openProxy({ host: target.hostname, port: Number(target.port) })
  const workers: WorkerProcess[] = []
  const begun = performance.now()
  const deadline = begun + plan.limitSeconds * 1_000
  try {
    const edition = await setScene(database.db, plan.deliveries)
    const env = workerEnvironment(plan, database, sink.url)
    target.port = String(proxy.port)
    workers.push(openWorker(env, 'near'), openWorker({ ...env, DATABASE_URL: target.href }, 'cut-off'))
    const recovery = watchRecovery(database.db)
    for (let n = 1; n <= plan.cuts; n += 1) {
      await untilDone(database.db, edition, (n / (plan.cuts + 1)) * plan.deliveries, deadline)
      proxy.cut()
      await recovery.lost(performance.now())
      plan.tell(`one worker is cut off from the database for ${1.5 * plan.leaseSeconds} s`)
      await sleep(1_500 * plan.leaseSeconds)
      proxy.heal()
    }
    await untilDone(database.db, edition, 'all', deadline)
    const resumedSeconds = await recovery.end()
    for (const worker of workers) await worker.stop()
    return await tally(database.db, edition, await sink.report(), {
      ...plan,
      kills: 0,
      restarts: 0,
      losses: plan.cuts,
      resumedSeconds,
      seconds: (performance.now() - begun) / 1_000,
    })
  } finally {
    for (const worker of workers) await worker.kill()
    proxy.close()
    sink.close()
    await database.close()
  }
}
