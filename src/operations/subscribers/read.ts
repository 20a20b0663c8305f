/** One subscriber with everything that ever happened to it. */
import type { Queries } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { type AuditEntry, listAudit } from '../audit.js'
import { checkAddress, emailKey } from '../../subscribers/address.js'
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
  const key = emailKey(checkAddress(email, { eai: true }).email)
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
  const mails = await db.models.delivery.findMany({
    include: { edition: { select: { period: true } } },
    where: { subscriberId: id },
    orderBy: { id: 'desc' },
    take: 100,
  })
  const consents = await db.models.consent.findMany({
    select: { action: true, at: true, ip: true, userAgent: true, source: true, text: true },
    where: { subscriberId: id },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: 100,
  })
  return {
    mails: mails.map(mailOf),
    consents,
    changes: await listAudit(db, { target: `subscriber:${id}`, limit: 100 }),
  }
}

type Delivery = Omit<MailOf, 'id' | 'edition'> & { id: bigint; edition: { period: string } | null }

const mailOf = (row: Delivery): MailOf => ({
  id: String(row.id),
  kind: row.kind,
  edition: row.edition?.period ?? null,
  status: row.status,
  reason: row.reason,
  relay: row.relay,
  code: row.code,
  enhanced: row.enhanced,
  reply: row.reply,
  attempts: row.attempts,
  createdAt: row.createdAt,
  settledAt: row.settledAt,
})
