/** Addresses that must not be mailed, as the operator sees and changes them. */
import { type Db, inTransaction } from '../db/client.js'
import { Problem } from '../errors.js'
import type { Services } from '../services.js'
import { checkAddress } from '../subscribers/address.js'
import { liftSuppression, suppress } from '../subscribers/leaving/suppress.js'
import { type Author, writeAudit } from './audit.js'
import { pageOf } from '../format/cursor.js'
import { Conditions, pageOrder } from './list-query.js'

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
  db: Pick<Db, 'sql'>,
  filter: { q?: string; reason?: string; cursor?: string; limit: number },
): Promise<{ items: SuppressionRow[]; next: string | null }> {
  const conditions = new Conditions()
    .add('position(? IN x.email_key) > 0', filter.q?.trim().toLowerCase() || undefined)
    .add('x.reason = ?', filter.reason)
  const id = { column: 'x.id', type: 'int' } as const
  const order = pageOrder(conditions, {}, id, { sort: '-id', cursor: filter.cursor })
  const rows = await db.sql<SuppressionRow>(
    `SELECT x.id, x.email_key AS email, x.reason, x.detail, x.created_at AS "createdAt"
     FROM suppression x ${conditions.where()} ${order} LIMIT ${conditions.value(filter.limit + 1)}`,
    conditions.values,
  )
  return pageOf(rows, filter.limit, (row) => [row.id, row.id])
}

type ChangeServices = Pick<Services, 'db' | 'clock' | 'secrets'>

/** Puts an address on the list, whether or not it has a subscriber. */
export async function suppressAddress(
  services: ChangeServices,
  email: string,
  author: Author,
): Promise<void> {
  const address = checkAddress(email, { eai: true })
  await inTransaction(services.db, async (query, tx) => {
    const at = services.clock.now()
    const detail = author.why ? { detail: author.why } : {}
    await suppress(query, services.secrets, address.email, 'manual', { at, ...detail })
    await writeAudit(tx, services.clock, author, { action: 'suppression.added', target: 'suppression' })
  })
}

/** @throws Problem `not-found` when it is not on the list, `unprocessable` without a reason. */
export async function liftAddress(services: ChangeServices, email: string, author: Author): Promise<void> {
  if (!author.why) throw new Problem('unprocessable', 'Lifting a suppression needs a reason.')
  const address = checkAddress(email, { eai: true })
  await inTransaction(services.db, async (query, tx) => {
    const gone = await liftSuppression(query, services.secrets, address.email, services.clock.now())
    if (!gone) throw new Problem('not-found', 'This address is not suppressed.')
    await writeAudit(tx, services.clock, author, { action: 'suppression.lifted', target: 'suppression' })
  })
}
