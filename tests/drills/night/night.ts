/** A day of the service with everything that goes wrong at an operator's, in minutes: the clock is passed in. */
import { setTimeout as sleep } from 'node:timers/promises'
import { addReaders } from '../../support/ledger.js'
import { openNight, type Night } from './place.js'

export type NightPlan = {
  readers: number
  /** Milliseconds that the relay thinks about each message. */
  delayMs: number
  tell: (line: string) => void
}

export type NightResult = {
  readers: number
  /** Readers whose mail of today's edition the relay took. */
  served: number
  /** Further copies of a reader's mail. */
  doubled: number
  /** Twice the open connections for each loss: of a worker, of the database's server, of its disk. */
  mayDouble: number
  /** Kinds of alerts that had to be raised, and were, and were cleared. */
  alertsExpected: number
  alertsRaised: number
  alertsCleared: number
  leftOut: string[]
  seconds: number
  broken: string[]
}

export const connections = 5

/** A server whose disk was full may start anew again while it recovers, and each start is told and cleared. */
const patienceMs = 90_000

/** Each step ends when its alert was raised and, after the cause was mended, cleared. */
export async function nightDrill(plan: NightPlan): Promise<NightResult> {
  const begun = performance.now()
  const night = await openNight(plan.tell, plan.delayMs)
  const alerts = new Alerts(night)
  let losses = 0
  try {
    await addReaders(night.db, plan.readers, { domains: ['one.example', 'two.example', 'three.example'] })
    await night.start('api')
    await night.start('worker')
    await night.until(`EXISTS (SELECT FROM look WHERE outcome = 'ok')`)
    await night.until(
      `EXISTS (SELECT FROM setting WHERE name = 'reach' AND value->>'answeredAt' IS NOT NULL)`,
    )

    night.tell('02:10 the source is away for an hour')
    const until = night.at('03:10')
    night.hub.fail({ kind: 'server-error', until })
    for (const time of ['02:30', '03:05'])
      await night.go(
        time,
        `EXISTS (SELECT FROM look WHERE outcome = 'failed' AND at > '${night.at(time).toISOString()}'::timestamptz - interval '1 minute')`,
      )
    await alerts.raised('source-failing')
    await night.go('03:20')
    await alerts.cleared('source-failing')

    night.tell('03:25 a copy of the database is made')
    await night.keepCopy()

    night.tell('03:30 the proxy before the service is cut')
    night.proxy.lead('http://127.0.0.1:1')
    await alerts.raised('public-url')
    night.proxy.lead(night.apiUrl)
    await alerts.cleared('public-url')

    night.tell('03:40 the clock of the worker is moved an hour')
    night.moveClock(3_600_000)
    await alerts.raised('clock-off')

    await night.go('05:51', `EXISTS (SELECT FROM edition WHERE kind = 'daily' AND status = 'frozen')`)
    night.tell('05:59 the relay is away for ten minutes')
    await night.gate.shut()
    await night.go('06:00', `EXISTS (SELECT FROM edition WHERE kind = 'daily' AND fanned_out_at IS NOT NULL)`)
    await alerts.raised('relay-down')
    await night.go('06:10')
    await night.gate.open()
    await alerts.cleared('relay-down')

    await night.untilServed(plan.readers * 0.2)
    night.tell('the worker is killed')
    losses += 1
    await night.kill('worker')
    // Two minutes in which it says nothing.
    await night.db.sql(`UPDATE stamp SET beat_at = beat_at - interval '2 minutes'`)
    await alerts.raised('no-worker')
    await night.start('worker')
    await alerts.cleared('no-worker')

    await night.untilServed(plan.readers * 0.4)
    night.tell('the database is struck down and comes back')
    losses += 1
    await night.strike()
    await alerts.raised('database-restarted')
    await alerts.cleared('database-restarted')

    if (night.disk) {
      await night.untilServed(plan.readers * 0.6)
      night.tell('the disk of the database is full')
      losses += 1
      await night.fillDisk()
      await sleep(5_000)
      await night.disk.makeRoom()
      await alerts.raised('database-away')
      await alerts.cleared('database-away')
    }
    await night.until(`EXISTS (SELECT FROM edition WHERE kind = 'daily' AND status = 'sent')`)

    await night.go('08:00')
    night.moveClock(0)
    await alerts.cleared('clock-off')
    const before = await night.taken()
    night.tell('08:00 the copy of 03:25 takes the database’s place')
    await alerts.keep()
    await night.putBack()
    await alerts.raised('sending-held')
    await night.resume()
    await alerts.cleared('sending-held')
    await night.go('09:00')
    await sleep(4_000)
    return result(plan, night, alerts, { losses, before, seconds: (performance.now() - begun) / 1_000 })
  } finally {
    await night.close()
  }
}

async function result(
  plan: NightPlan,
  night: Night,
  alerts: Alerts,
  { losses, before, seconds }: { losses: number; before: number; seconds: number },
): Promise<NightResult> {
  const receipts = Object.values((await night.sink.report()).receipts)
  const served = receipts.filter(({ acknowledged }) => acknowledged > 0).length
  const doubled = receipts.reduce((sum, { acknowledged }) => sum + Math.max(0, acknowledged - 1), 0)
  const mayDouble = 2 * connections * losses
  const after = receipts.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  const broken = [...alerts.broken]
  if (served !== plan.readers) broken.push(`${served} of ${plan.readers} readers have today’s edition`)
  if (doubled > mayDouble) broken.push(`${doubled} copies, where at most ${mayDouble} may be`)
  if (after !== before) broken.push(`${after - before} mails went out after the restore`)
  const { readers } = plan
  const { expected, raisedKinds, clearedKinds } = alerts
  return {
    readers,
    served,
    doubled,
    mayDouble,
    alertsExpected: expected,
    alertsRaised: raisedKinds.size,
    alertsCleared: clearedKinds.size,
    leftOut: night.leftOut,
    seconds,
    broken,
  }
}

/** Waits for alerts, and notes what did not come. */
class Alerts {
  readonly broken: string[] = []
  readonly raisedKinds = new Set<string>()
  readonly clearedKinds = new Set<string>()
  readonly #night: Night

  constructor(night: Night) {
    this.#night = night
  }

  expected = 0

  async raised(kind: string): Promise<void> {
    this.expected += 1
    await this.#wait(kind, 'raised', `EXISTS (SELECT FROM alert WHERE kind = '${kind}')`)
  }

  async cleared(kind: string): Promise<void> {
    const rows = `SELECT FROM alert WHERE kind = '${kind}'`
    await this.#wait(kind, 'cleared', `EXISTS (${rows}) AND NOT EXISTS (${rows} AND cleared_at IS NULL)`)
  }

  /** What else needs somebody before the restore is told: nothing should, once the watch has seen what was mended. */
  async keep(): Promise<void> {
    const open = 'SELECT cause FROM alert WHERE cleared_at IS NULL'
    await this.#night.until(`NOT EXISTS (${open})`, patienceMs).catch(() => undefined)
    for (const { cause } of await this.#night.db.sql<{ cause: string }>(open))
      this.broken.push(`the alert ${cause} was never cleared`)
  }

  async #wait(kind: string, what: 'raised' | 'cleared', condition: string): Promise<void> {
    const came = await this.#night.until(condition, patienceMs).catch(() => false)
    if (came === false) this.broken.push(`the alert ${kind} was not ${what}`)
    else (what === 'raised' ? this.raisedKinds : this.clearedKinds).add(kind)
    this.#night.tell(`  the alert ${kind} is ${came === false ? 'NOT ' : ''}${what}`)
  }
}
