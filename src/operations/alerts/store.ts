/** Alerts: raised once for each cause, owed to every place they go to, cleared when the cause is gone. */
import type { Config } from '../../config/config.js'
import type { Db, Query } from '../../db/client.js'
import type { OperatorPayload } from '../../deliveries/sender/compose.js'
import { oweMail } from '../../mail/owe.js'
import { pageOf } from '../../format/cursor.js'
import type { Secrets } from '../../config/secrets.js'
import { type Asker, passDoor, type Refused } from '../../subscribers/door/door.js'
import { defaultLimits } from '../../subscribers/door/limits.js'
import { readSettings } from '../settings.js'
import { alertLetter } from './letter.js'

export type Alert = { id: number; kind: string; cause: string; text: string; at: Date }

type RaiseServices = { config: Pick<Config, 'publication' | 'publicUrl'>; secrets: Secrets }

export type Raised = {
  id: number
  emails: number
  webhooks: number
  /** The limit that a mailbox was left out by; null when all are mailed. */
  leftOutBy: Refused | null
}

/**
 * Raises it, and owes it to every mailbox and webhook; nothing happens while the same one is open. Call it in a
 * transaction.
 * @param asker - whose quota it takes from.
 * @returns null when it is open already, otherwise its id and to how many places it is owed.
 */
export async function raiseAlert(
  query: Query,
  services: RaiseServices,
  alert: Pick<Alert, 'kind' | 'cause' | 'text'>,
  at: Date,
  asker: Asker = 'service',
): Promise<Raised | null> {
  const [raised] = await query<{ id: number }>(
    `INSERT INTO alert AS a (kind, cause, text, at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (cause) DO UPDATE SET text = $3, at = $4, cleared_at = NULL WHERE a.cleared_at IS NOT NULL
     RETURNING id`,
    [alert.kind, alert.cause, alert.text, at],
  )
  if (!raised) return null
  const { emails, webhooks } = (await readSettings(query)).alerts
  await query(
    `INSERT INTO alert_send (alert_id, url, due_at) SELECT $1, url, $3 FROM unnest($2::text[]) AS url
     ON CONFLICT (alert_id, url) DO UPDATE SET status = 'due', due_at = $3, attempts = 0, settled_at = NULL, fault = NULL`,
    [raised.id, webhooks, at],
  )
  const told: Raised = { id: raised.id, emails: 0, webhooks: webhooks.length, leftOutBy: null }
  for (const email of emails) {
    const refused = await oweAlertMail(query, services, { ...alert, id: raised.id, at }, email, asker)
    if (refused) told.leftOutBy = refused
    else told.emails += 1
  }
  return told
}

/**
 * From here on the mail is the ledger's; the row says which one it is, or that the mailbox got too many.
 * @returns the limit that it was left out by.
 */
async function oweAlertMail(
  query: Query,
  { config, secrets }: RaiseServices,
  alert: Alert,
  email: string,
  asker: Asker,
): Promise<Refused | null> {
  const address = { email, domain: email.slice(email.lastIndexOf('@') + 1).toLowerCase() }
  const passage = await passDoor(query, { secrets, limits: defaultLimits }, address, asker, alert.at)
  if (passage.state !== 'open') {
    await query(
      `INSERT INTO alert_send (alert_id, url, status, settled_at, fault) VALUES ($1, $2, 'given_up', $3, $4)
       ON CONFLICT (alert_id, url) DO UPDATE
         SET status = 'given_up', due_at = NULL, settled_at = $3, delivery_id = NULL, fault = $4`,
      [alert.id, `mailto:${email}`, alert.at, 'this mailbox was mailed as often as it may be'],
    )
    return passage.state === 'refused' ? passage.by : 'alert'
  }
  const payload: OperatorPayload = { about: 'alert', letter: alertLetter(config, alert) }
  const mail = { kind: 'alert', subscriberId: null, to: passage.to, payload } as const
  const delivery = await oweMail(query, { ...mail, dueAt: alert.at })
  await query(
    `INSERT INTO alert_send (alert_id, url, status, settled_at, delivery_id) VALUES ($1, $2, 'mailed', $3, $4)
     ON CONFLICT (alert_id, url) DO UPDATE
       SET status = 'mailed', due_at = NULL, settled_at = $3, delivery_id = $4, fault = NULL`,
    [alert.id, `mailto:${email}`, alert.at, delivery],
  )
  return null
}

/** Clears the open alerts of a kind, but for those causes. */
export async function clearAlerts(query: Query, kind: string, causes: string[], at: Date): Promise<void> {
  await query(
    'UPDATE alert SET cleared_at = $3 WHERE kind = $1 AND cleared_at IS NULL AND cause <> ALL ($2)',
    [kind, causes, at],
  )
}

/** The newest first. */
export async function openAlerts(db: Pick<Db, 'sql'>): Promise<Alert[]> {
  return db.sql<Alert>(
    'SELECT id, kind, cause, text, at FROM alert WHERE cleared_at IS NULL ORDER BY at DESC, id DESC LIMIT 20',
  )
}

export type ToldAlert = Alert & {
  clearedAt: Date | null
  /** Each place it was owed to; a mail has the status that the ledger has. */
  sends: { place: string; status: string; attempts: number; fault: string | null }[]
}

/** Alerts and what became of telling them, the newest first, older than the alert `before`. */
export async function listAlerts(
  db: Pick<Db, 'sql'>,
  filter: { open?: boolean; before: string | null; limit: number },
): Promise<{ items: ToldAlert[]; next: string | null }> {
  const rows = await db.sql<ToldAlert>(
    `SELECT a.id, a.kind, a.cause, a.text, a.at, a.cleared_at AS "clearedAt", coalesce((
       SELECT jsonb_agg(jsonb_build_object('place', s.url, 'status', coalesce(d.status, s.status),
         'attempts', coalesce(d.attempts, s.attempts), 'fault', coalesce(d.reason, s.fault)) ORDER BY s.url)
       FROM alert_send s LEFT JOIN delivery d ON d.id = s.delivery_id WHERE s.alert_id = a.id), '[]') AS sends
     FROM alert a WHERE ($1::boolean IS NULL OR (a.cleared_at IS NULL) = $1) AND ($2::int IS NULL OR a.id < $2)
     ORDER BY a.id DESC LIMIT $3`,
    [filter.open ?? null, filter.before, filter.limit + 1],
  )
  return pageOf(rows, filter.limit, (row) => [row.id])
}
