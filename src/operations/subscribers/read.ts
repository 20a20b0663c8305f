/** One subscriber with everything that ever happened to it. */
import type { Queries, Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { type AuditEntry, listAudit } from '../audit.js'
import { type SubscriberRow, subscriberColumns } from './list.js'

/** @throws Problem `not-found`. */
export async function readSubscriber(query: Query, id: number, lock = false): Promise<SubscriberRow> {
  const [row] = await query<SubscriberRow>(
    `SELECT ${subscriberColumns} FROM subscriber s WHERE s.id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [id],
  )
  if (!row) throw new Problem('not-found', 'There is no such subscriber.')
  return row
}

export type SubscriberHistory = {
  /** The newest first, at most 100 of each. */
  mails: MailOf[]
  consents: ConsentOf[]
  changes: AuditEntry[]
}

type MailOf = {
  id: string
  kind: string
  edition: string | null
  status: string
  reason: string | null
  relay: string | null
  code: number | null
  enhanced: string | null
  reply: string | null
  attempts: number
  createdAt: Date
  settledAt: Date | null
}

type ConsentOf = {
  action: string
  at: Date
  ip: string | null
  userAgent: string | null
  source: string | null
  text: string | null
}

export async function readHistory(db: Queries, id: number): Promise<SubscriberHistory> {
  const mails = await db.sql<MailOf>(
    `SELECT d.id, d.kind, e.period AS edition, d.status, d.reason, d.relay, d.code, d.enhanced, d.reply,
            d.attempts, d.created_at AS "createdAt", d.settled_at AS "settledAt"
     FROM delivery d LEFT JOIN edition e ON e.id = d.edition_id
     WHERE d.subscriber_id = $1 ORDER BY d.id DESC LIMIT 100`,
    [id],
  )
  const consents = await db.sql<ConsentOf>(
    `SELECT action, at, ip, user_agent AS "userAgent", source, text
     FROM consent WHERE subscriber_id = $1 ORDER BY at DESC, id DESC LIMIT 100`,
    [id],
  )
  return { mails, consents, changes: await listAudit(db, { target: `subscriber:${id}`, limit: 100 }) }
}
