/** One subscriber with everything that ever happened to it. */
import type { Queries } from '../../db/client.js'
import { bigint, int, nullable, smallint, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import { type AuditEntry, listAudit } from '../audit.js'
import { checkAddress, emailKey } from '../../subscribers/address.js'
import { typedAddress } from '../../subscribers/admission/typed-address.js'
import { type StoredSubscriber, type SubscriberRow, withSuppressions } from './list.js'

/** @throws Problem `not-found`. */
export async function readSubscriber(db: Queries, id: number): Promise<SubscriberRow> {
  const stored = await db.models.subscriber.findUnique({ where: { id } })
  return presented(db, stored, 'There is no such subscriber.')
}

/**
 * @param email - as somebody typed it.
 * @throws Problem `unprocessable` for a text that is no address, `not-found`.
 */
export async function findSubscriber(db: Queries, email: string): Promise<SubscriberRow> {
  const key = emailKey(checkAddress(typedAddress(email), { eai: true }).email)
  const stored = await db.models.subscriber.findUnique({ where: { emailKey: key } })
  return presented(db, stored, 'There is no subscriber with this address.')
}

async function presented(
  db: Queries,
  stored: StoredSubscriber | null,
  orElse: string,
): Promise<SubscriberRow> {
  const [row] = stored ? await withSuppressions(db, [stored]) : []
  if (!row) throw new Problem('not-found', orElse)
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
  const mails = await db.run(mailsOfReader, [id])
  const consents = await db.models.consent.findMany({
    select: { action: true, at: true, ip: true, userAgent: true, source: true, text: true },
    where: { subscriberId: id },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: 100,
  })
  return {
    mails,
    consents,
    changes: await listAudit(db, { target: `subscriber:${id}`, limit: 100 }),
  }
}

const mailsOfReader = statement({
  text: `SELECT d.id, d.kind, e.period AS edition, d.status, d.reason, d.relay, d.code, d.enhanced, d.reply,
      d.attempts, d.created_at AS "createdAt", d.settled_at AS "settledAt"
    FROM mails_of($1) d LEFT JOIN edition e ON e.id = d.edition_id
    ORDER BY d.created_at DESC, d.id DESC LIMIT 100`,
  parameters: [int],
  columns: {
    id: bigint,
    kind: text,
    edition: nullable(text),
    status: text,
    reason: nullable(text),
    relay: nullable(text),
    code: nullable(smallint),
    enhanced: nullable(text),
    reply: nullable(text),
    attempts: int,
    createdAt: timestamptz,
    settledAt: nullable(timestamptz),
  },
})
