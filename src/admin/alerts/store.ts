/** Alerts: raised once for each cause, owed to every place they go to, cleared when the cause is gone. */
import type { Db, Query } from '../../db/client.js'
import { readSettings } from '../settings.js'

export type Alert = { id: number; kind: string; cause: string; text: string; at: Date }

/** Raises it, and owes it to every mailbox and webhook; nothing happens while the same one is open. */
export async function raiseAlert(
  query: Query,
  alert: Pick<Alert, 'kind' | 'cause' | 'text'>,
  at: Date,
): Promise<boolean> {
  const [raised] = await query<{ id: number }>(
    `INSERT INTO alert AS a (kind, cause, text, at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (cause) DO UPDATE SET text = $3, at = $4, cleared_at = NULL WHERE a.cleared_at IS NOT NULL
     RETURNING id`,
    [alert.kind, alert.cause, alert.text, at],
  )
  if (!raised) return false
  const { alerts } = await readSettings(query)
  const places = [...alerts.emails.map((email) => `mailto:${email}`), ...alerts.webhooks]
  await query(
    `INSERT INTO alert_send (alert_id, url, due_at) SELECT $1, url, $3 FROM unnest($2::text[]) AS url
     ON CONFLICT (alert_id, url) DO UPDATE SET status = 'due', due_at = $3, attempts = 0, settled_at = NULL, fault = NULL`,
    [raised.id, places, at],
  )
  return true
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
