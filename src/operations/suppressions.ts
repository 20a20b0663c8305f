/** Addresses that must not be mailed, as the operator sees and changes them. */
import type { Queries, Tx } from '../db/client.js'
import { Problem } from '../errors.js'
import type { Services } from '../services.js'
import { checkAddress } from '../subscribers/address.js'
import { liftSuppression, suppress } from '../subscribers/leaving/suppress.js'
import { type Author, writeAudit } from './audit.js'
import { decodeCursor, pageOf } from '../format/cursor.js'
import { asItIs } from '../format/like.js'

export type SuppressionRow = {
  id: number
  /** Null for an erased one, which is known by its keyed hash alone. */
  email: string | null
  reason: string
  detail: string | null
  createdAt: Date
}

/** The newest first. */
export async function listSuppressions(
  db: Queries,
  filter: { q?: string; reason?: string; cursor?: string; limit: number },
): Promise<{ items: SuppressionRow[]; next: string | null }> {
  const q = filter.q?.trim().toLowerCase()
  const [before] = filter.cursor === undefined ? [] : decodeCursor(filter.cursor, 'int', 'int')
  const rows = await db.models.suppression.findMany({
    select: { id: true, emailKey: true, reason: true, detail: true, createdAt: true },
    where: {
      ...(q && { emailKey: { contains: asItIs(q) } }),
      ...(filter.reason !== undefined && { reason: filter.reason }),
      ...(before !== undefined && { id: { lt: Number(before) } }),
    },
    orderBy: { id: 'desc' },
    take: filter.limit + 1,
  })
  const told = rows.map(({ emailKey, ...row }) => ({ ...row, email: emailKey }))
  return pageOf(told, filter.limit, (row) => [row.id, row.id])
}

type ChangeServices = Pick<Services, 'clock' | 'secrets'>

/** Puts an address on the list, whether or not it has a subscriber. */
export async function suppressAddress(
  tx: Tx,
  { clock, secrets }: ChangeServices,
  email: string,
  author: Author,
): Promise<void> {
  const address = checkAddress(email, { eai: true })
  const detail = author.why ? { detail: author.why } : {}
  await suppress(tx, secrets, address.email, 'manual', { at: clock.now(), ...detail })
  await writeAudit(tx, clock, author, { action: 'suppression.added', target: 'suppression' })
}

/** @throws Problem `not-found` when it is not on the list, `unprocessable` without a reason. */
export async function liftAddress(
  tx: Tx,
  { clock, secrets }: ChangeServices,
  email: string,
  author: Author,
): Promise<void> {
  if (!author.why) throw new Problem('unprocessable', 'Lifting a suppression needs a reason.')
  const address = checkAddress(email, { eai: true })
  const gone = await liftSuppression(tx, secrets, address.email, clock.now())
  if (!gone) throw new Problem('not-found', 'This address is not suppressed.')
  await writeAudit(tx, clock, author, { action: 'suppression.lifted', target: 'suppression' })
}
