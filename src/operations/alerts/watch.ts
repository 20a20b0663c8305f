/** Looks for what an operator should know: sending that is held, held editions, none out in time, failing sources, relays that are down or find fault with our mail. */
import { lastClosedDay } from '../../clock.js'
import { inTransaction, type Query } from '../../db/client.js'
import { sendAtOf } from '../../editions/choosing/send-at.js'
import { sourceHealth } from '../../papers/sources/health.js'
import { findHold } from '../../db/continuity/hold.js'
import type { Hold } from '../../db/continuity/stamp.js'
import { inWords, whatWouldGoOut } from '../../deliveries/queue/pass-over.js'
import type { Services } from '../../services.js'
import { readSettings } from '../settings.js'
import { clearAlerts, raiseAlert } from './store.js'
import { quoted } from '../../db/quoted.js'
import { settledWithoutMail } from '../../editions/edition.js'
import { isAlive } from '../../mail/alive-workers.js'

export type WatchServices = Pick<Services, 'db' | 'clock' | 'config' | 'secrets' | 'log'>

/** The hold was asked for before: what is mailed of it must be owed later than it began. */
type Watching = WatchServices & { hold: Hold | null }

type Found = { cause: string; text: string }

const watches: Record<string, (query: Query, services: Watching) => Promise<Found[]>> = {
  'sending-held': heldSending,
  'edition-held': heldEditions,
  'dead-man': noEditionInTime,
  'source-failing': failingSources,
  'relay-down': downRelays,
  'mail-at-fault': faultsOfOurs,
}

/** Raises what is new and clears what is over; asked of the database each time. */
export async function watchForAlerts(services: WatchServices): Promise<void> {
  const hold = await findHold(services.db, services.db.witness)
  for (const [kind, find] of Object.entries(watches)) {
    await inTransaction(services.db, async (query) => {
      const found = await find(query, { ...services, hold })
      const at = services.clock.now()
      for (const { cause, text } of found) {
        if (await raiseAlert(query, services, { kind, cause, text }, at))
          services.log.warn({ kind, cause }, 'an alert')
      }
      await clearAlerts(
        query,
        kind,
        found.map(({ cause }) => cause),
        at,
      )
    })
  }
}

async function heldSending(_query: Query, { db, clock, hold }: Watching): Promise<Found[]> {
  if (!hold) return []
  const mails = inWords(await whatWouldGoOut(db, clock.now()))
  const due = mails.length > 0 ? `It would go out: ${mails.join('; ')}.` : 'Nothing is due.'
  const text = `All sending is held. ${hold.why} ${due} Go on with: daily-papers resume.`
  return [{ cause: `sending-held:${hold.since.toISOString()}`, text }]
}

async function heldEditions(query: Query): Promise<Found[]> {
  const rows = await query<{ kind: string; period: string; reason: string | null }>(
    `SELECT kind, period, reason FROM edition WHERE status = 'held' ORDER BY id`,
  )
  return rows.map(({ kind, period, reason }) => ({
    cause: `edition-held:${kind}:${period}`,
    text: `The ${kind} edition of ${period} is held: ${reason ?? 'no reason given'}. Approve it or cancel it.`,
  }))
}

/** A day without papers is no alarm: its edition says so. */
async function noEditionInTime(query: Query, { clock, config }: WatchServices): Promise<Found[]> {
  const { alerts } = await readSettings(query)
  const now = clock.now()
  const day = lastClosedDay(now)
  const sendAt = sendAtOf(day, config)
  const late = new Date(sendAt.getTime() + alerts.deadManMinutes * 60_000)
  if (now < late) return []
  const [served] = await query<{ readers: boolean; settled: boolean }>(
    `SELECT EXISTS (SELECT FROM subscriber WHERE status = 'active') AS readers, EXISTS (
       SELECT FROM edition WHERE kind = 'daily' AND period = $1
         AND (fanned_out_at IS NOT NULL OR status IN (${quoted(settledWithoutMail)})))
       OR EXISTS (SELECT FROM stamp WHERE sends_from > $2) AS settled`,
    [day, sendAt],
  )
  if (!served?.readers || served.settled) return []
  const text = `No edition of ${day} is out, ${alerts.deadManMinutes} minutes after its time.`
  return [{ cause: `dead-man:${day}`, text }]
}

async function failingSources(query: Query, { clock }: WatchServices): Promise<Found[]> {
  const sources = await sourceHealth(query, clock)
  return sources
    .filter(({ state, failuresInARow }) => state === 'failing' && (failuresInARow ?? 0) >= 3)
    .map(({ source, lastFault }) => ({
      cause: `source-failing:${source}`,
      text: `The source ${source} has failed three times or more: ${lastFault ?? 'no reason given'}.`,
    }))
}

async function downRelays(query: Query, { clock }: WatchServices): Promise<Found[]> {
  const rows = await query<{ name: string; fault: string | null }>(
    `SELECT DISTINCT ON (r ->> 'name') r ->> 'name' AS name, r ->> 'fault' AS fault
     FROM worker, jsonb_array_elements(relays) r
     WHERE r ->> 'state' = 'down' AND ${isAlive('$1')} ORDER BY 1`,
    [clock.now()],
  )
  return rows.map(({ name, fault }) => ({
    cause: `relay-down:${name}`,
    text: `The relay ${name} is down: ${fault ?? 'no reason given'}.`,
  }))
}

/** Refusals for which no address is to blame but our message, sender or protocol. */
async function faultsOfOurs(query: Query, { clock }: WatchServices): Promise<Found[]> {
  const rows = await query<{ relay: string; reply: string; mails: number }>(
    `SELECT coalesce(relay, 'none') AS relay, concat_ws(' ', code, enhanced) AS reply, count(*)::int AS mails
     FROM delivery WHERE status = 'rejected' AND reason = 'ours' AND settled_at > $1::timestamptz - interval '1 day'
       AND edition_id IN (SELECT id FROM edition WHERE fanned_out_at > $1::timestamptz - interval '2 days')
     GROUP BY 1, 2 ORDER BY 1, 2`,
    [clock.now()],
  )
  return rows.map(({ relay, reply, mails }) => ({
    cause: `mail-at-fault:${relay}:${reply}`,
    text: `The relay ${relay} finds fault with our mail (${reply}): ${mails} of an edition were refused so far.`,
  }))
}
