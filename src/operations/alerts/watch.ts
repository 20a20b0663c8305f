/** Looks for what an operator should know: sending that is held, workers that are gone, jobs that don't run, held editions, none out in time, failing sources, relays that are down or find fault with our mail, proxies that are not named, a public address that is gone, a database that was away or restarted, a clock that is wrong, complaints. */
import { lastClosedDay } from '../../clock.js'
import type { Tx } from '../../db/client.js'
import { int, nullable, text as sqlText, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { sendAtOf } from '../../editions/choosing/send-at.js'
import { sourceHealth } from '../../papers/sources/health.js'
import { findHold } from '../../db/continuity/hold.js'
import type { Hold } from '../../db/continuity/stamp.js'
import { inWords, whatWouldGoOut } from '../../deliveries/editions/pass-over.js'
import type { Services } from '../../services.js'
import { readJobs } from '../figures/jobs.js'
import { readSettings } from '../settings.js'
import { faultsReturned, manyComplaints } from './returns.js'
import { publicUrlGone } from '../doctor/reach.js'
import { wrongClocks } from './clocks.js'
import { endedOutage } from './outage.js'
import { restartedDatabase } from './restart.js'
import { clearAlerts, raiseAlert } from './store.js'
import { webhooksNotTaking } from './webhooks.js'
import { settledWithoutMail } from '../../editions/edition.js'
import { publicPeer, unnamedProxies } from '../unnamed-proxies.js'
import { isAlive } from '../../mail/alive-workers.js'

export type WatchServices = Pick<Services, 'db' | 'clock' | 'config' | 'secrets' | 'log'>

/** The hold was asked for before: what is mailed of it must be owed later than it began. */
type Watching = WatchServices & { hold: Hold | null }

const silentWorkers = statement({
  text: `SELECT beat_at AS since FROM stamp
    WHERE beat_at < now() - interval '2 minutes' AND EXISTS (SELECT FROM subscriber WHERE status = 'active')`,
  parameters: [],
  columns: { since: timestamptz },
})

type Found = { cause: string; text: string }

const watches: Record<string, (tx: Tx, services: Watching) => Promise<Found[]>> = {
  'sending-held': heldSending,
  'no-worker': deadWorkers,
  'job-stalled': stalledJobs,
  'edition-held': heldEditions,
  'dead-man': noEditionInTime,
  'source-failing': failingSources,
  'relay-down': downRelays,
  'mail-at-fault': faultsOfOurs,
  'proxy-unnamed': proxiesUnnamed,
  'public-url': publicUrlGone,
  'database-away': endedOutage,
  'database-restarted': restartedDatabase,
  'clock-off': wrongClocks,
  complaints: manyComplaints,
  returned: faultsReturned,
  'webhook-failing': webhooksNotTaking,
}

/** What needs somebody now, whether or not anybody was told. */
export async function findTroubles(services: WatchServices): Promise<string[]> {
  const { db } = services
  const hold = await findHold(db, db.witness)
  return db.transaction('job', async (tx) => {
    const troubles: string[] = []
    for (const find of Object.values(watches)) {
      const found = await find(tx, { ...services, hold })
      troubles.push(...found.map(({ text }) => text))
    }
    return troubles
  })
}

/** Raises what is new and clears what is over; asked of the database each time. */
export async function watchForAlerts(services: WatchServices): Promise<void> {
  const hold = await findHold(services.db, services.db.witness)
  for (const [kind, find] of Object.entries(watches)) {
    await services.db.transaction('job', async (tx) => {
      const found = await find(tx, { ...services, hold })
      const at = services.clock.now()
      for (const { cause, text } of found) {
        if (await raiseAlert(tx, services, { kind, cause, text }, at))
          services.log.warn({ kind, cause }, 'an alert')
      }
      await clearAlerts(
        tx,
        kind,
        found.map(({ cause }) => cause),
        at,
      )
    })
  }
}

async function heldSending(_tx: Tx, { db, clock, hold }: Watching): Promise<Found[]> {
  if (!hold) return []
  const mails = inWords(await whatWouldGoOut(db, clock.now()))
  const due = mails.length > 0 ? `It would go out: ${mails.join('; ')}.` : 'Nothing is due.'
  const text = `All sending is held. ${hold.why} ${due} Go on at the desk, or with: daily-papers resume.`
  return [{ cause: `sending-held:${hold.since.toISOString()}`, text }]
}

/** While sending is held, workers don't say that they are at work. */
async function deadWorkers(_tx: Tx, { db, hold }: Watching): Promise<Found[]> {
  const [silent] = hold ? [] : await db.run(silentWorkers, [])
  if (!silent) return []
  const text = `No worker has been at work since ${silent.since.toISOString()}: nothing is built or sent. Start one.`
  return [{ cause: 'no-worker', text }]
}

async function stalledJobs(_tx: Tx, { db, hold }: Watching): Promise<Found[]> {
  if (hold || (await db.run(silentWorkers, [])).length > 0) return []
  const late = (await readJobs(db)).filter((job) => job.late)
  return late.map(({ name, ranAt }) => ({
    cause: `job-stalled:${name}`,
    text: `The job ${name} has not run for ten times its period, ${ranAt ? `last at ${ranAt.toISOString()}` : 'not once'}. See the worker's log.`,
  }))
}

async function heldEditions(tx: Tx): Promise<Found[]> {
  const rows = await tx.tables
    .selectFrom('edition')
    .select(['kind', 'period', 'reason'])
    .where('status', '=', 'held')
    .orderBy('id')
    .execute()
  return rows.map(({ kind, period, reason }) => ({
    cause: `edition-held:${kind}:${period}`,
    text: `The ${kind} edition of ${period} is held: ${reason ?? 'no reason given'}. Approve it or cancel it.`,
  }))
}

/** A day without papers is no alarm: its edition says so. */
async function noEditionInTime(tx: Tx, { clock, config }: WatchServices): Promise<Found[]> {
  const { alerts } = await readSettings(tx)
  const now = clock.now()
  const day = lastClosedDay(now)
  const edition = await tx.tables
    .selectFrom('edition')
    .select(['status', 'fanned_out_at', 'send_at'])
    .where('kind', '=', 'daily')
    .where('period', '=', day)
    .executeTakeFirst()
  const sendAt = edition?.send_at ?? sendAtOf(day, config)
  const late = new Date(sendAt.getTime() + alerts.deadManMinutes * 60_000)
  if (now < late) return []
  const reader = await tx.tables
    .selectFrom('subscriber')
    .select('id')
    .where('status', '=', 'active')
    .limit(1)
    .executeTakeFirst()
  const settled = edition && (edition.fanned_out_at !== null || settledWithoutMail.includes(edition.status))
  const stamp = await tx.tables
    .selectFrom('stamp')
    .select('sends_from')
    .where('sends_from', '>', sendAt)
    .executeTakeFirst()
  if (!reader || settled || stamp) return []
  const text = `No edition of ${day} is out, ${alerts.deadManMinutes} minutes after its time.`
  return [{ cause: `dead-man:${day}`, text }]
}

async function failingSources(tx: Tx, { clock }: WatchServices): Promise<Found[]> {
  const sources = await sourceHealth(tx, clock)
  return sources
    .filter(({ state, failuresInARow }) => state === 'failing' && (failuresInARow ?? 0) >= 3)
    .map(({ source, lastFault }) => ({
      cause: `source-failing:${source}`,
      text: `The source ${source} has failed three times or more: ${lastFault ?? 'no reason given'}.`,
    }))
}

const relaysDown = statement({
  text: `SELECT DISTINCT ON (r ->> 'name') r ->> 'name' AS name, r ->> 'fault' AS fault
     FROM worker, jsonb_array_elements(relays) r
     WHERE r ->> 'state' = 'down' AND ${isAlive('$1')} ORDER BY 1`,
  parameters: [timestamptz],
  columns: { name: sqlText, fault: nullable(sqlText) },
})

async function downRelays(tx: Tx, { clock }: WatchServices): Promise<Found[]> {
  const rows = await tx.run(relaysDown, [clock.now()])
  return rows.map(({ name, fault }) => ({
    cause: `relay-down:${name}`,
    text: `The relay ${name} is down: ${fault ?? 'no reason given'}.`,
  }))
}

const refusedForUs = statement({
  text: `SELECT coalesce(relay, 'none') AS relay, concat_ws(' ', code, enhanced) AS reply, count(*)::int AS mails
     FROM delivery WHERE status = 'rejected' AND reason = 'ours' AND settled_at > $1::timestamptz - interval '1 day'
       AND edition_id IN (SELECT id FROM edition WHERE fanned_out_at > $1::timestamptz - interval '2 days')
     GROUP BY 1, 2 ORDER BY 1, 2`,
  parameters: [timestamptz],
  columns: { relay: sqlText, reply: sqlText, mails: int },
})

/** Refusals for which no address is to blame but our message, sender or protocol. */
async function faultsOfOurs(tx: Tx, { clock }: WatchServices): Promise<Found[]> {
  const rows = await tx.run(refusedForUs, [clock.now()])
  return rows.map(({ relay, reply, mails }) => ({
    cause: `mail-at-fault:${relay}:${reply}`,
    text: `The relay ${relay} finds fault with our mail (${reply}): ${mails} of an edition were refused so far.`,
  }))
}

async function proxiesUnnamed(tx: Tx, { config, clock }: Watching): Promise<Found[]> {
  const peers = await unnamedProxies(tx, config, clock.now())
  return peers
    .filter((peer) => peer !== publicPeer)
    .map((peer) => ({
      cause: `proxy-unnamed:${peer}`,
      text: `Requests come through a proxy at ${peer} that TRUSTED_PROXIES does not name: everybody behind it shares one limit. Add ${peer} to TRUSTED_PROXIES.`,
    }))
}
