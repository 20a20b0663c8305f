/** The worker: ticks, and sends what the ledger owes, until it is told to stop. */
import { setBounds } from './deliveries/rates/bounds.js'
import { type HealthAddress, openHealthAddress } from './deliveries/sender/health-address.js'
import { type Heartbeat, startHeartbeat } from './deliveries/sender/heartbeat.js'
import { runBroadcastLane, runWaitedLane } from './deliveries/lanes/lanes.js'
import { sendingParts } from './deliveries/sender/create-sender.js'
import { probeLink } from './editions/gates/dead-links.js'
import { startSchedule } from './jobs/schedule.js'
import { hubSource } from './papers/sources/hub.js'
import type { Source } from './papers/source.js'
import { messageOf } from './errors.js'
import type { Services } from './services.js'

export type Worker = {
  /** Claims nothing more, finishes what is on the wire, settles it; within ten seconds. */
  close(): Promise<void>
}
/** Starts a worker on the services; any number may run on one database. */
export function startWorker(services: Services, given?: Source): Worker {
  const stop = new AbortController()
  const source = given ?? hubOf(services, stop.signal)
  const heartbeat = startHeartbeat(services)
  const health = healthOf(services, heartbeat)
  void services.mailer.greet()
  const parts = sendingParts(services, (settled) => heartbeat.watch(settled))
  const lanes = setBounds(services).then(() =>
    Promise.all([runWaitedLane(parts, stop.signal), runBroadcastLane(parts, stop.signal)]),
  )
  const schedule = startSchedule({
    ...services,
    source,
    stopped: stop.signal,
    // Trials and tests stay among themselves.
    ...(services.config.production ? { probe: probeLink } : {}),
  })
  services.log.info({}, 'the worker runs')
  return {
    close: async () => {
      stop.abort()
      await Promise.all([lanes, atMost(3_000, schedule.stop())])
      await (await health)?.close()
      await heartbeat.stop()
      services.log.info({}, 'the worker has stopped')
    },
  }
}

/** A port that is taken is told, and stops no mail. */
function healthOf({ config, log }: Services, heartbeat: Heartbeat): Promise<HealthAddress | null> {
  const { host, workerPort: port } = config
  if (port === undefined) return Promise.resolve(null)
  return openHealthAddress({ host, port }, () => heartbeat.beatenAt()).catch((error: unknown) => {
    log.error({ fault: messageOf(error), port }, 'WORKER_PORT cannot be listened on')
    return null
  })
}

const hubOf = ({ config, clock }: Services, stopped: AbortSignal) =>
  hubSource({ baseUrl: config.papersApiUrl, clock, stopped })

/** A job that asks others may take longer than there is time; it leaves nothing half done. */
const atMost = (ms: number, work: Promise<void>) =>
  Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms).unref())])
