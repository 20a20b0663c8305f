/** Erasing a reader: all is gone but a keyed hash, so that no import brings the address back. */
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import type { Db, Tx } from '../../db/client.js'
import { boolean, int, text, texts, timestamptz } from '../../db/queries/sql-types.js'
import { statement, variants } from '../../db/queries/statement.js'
import { guardKey } from '../door/limits.js'
import { takeOffList } from './suppress.js'
import { suppressionHash, suppressionHashes } from './listed.js'
import { strikeOutSealed } from './sealed-answers.js'
import { emptyRowsTo, strikeOut } from './traces.js'
import { forgetInOutbox } from '../../mail/outbox.js'
import { openStatuses } from '../../mail/delivery-status.js'

/**
 * Goes by the reader and by every address that was theirs: rows of the ledger stay for its counts, without address
 * and without what the relay replied; what others asked to have mailed there is emptied; what people wrote loses
 * the address; files of the outbox go.
 * @param alongside - what stands or falls with it, in the same transaction.
 * @returns whether there was such a subscriber.
 */
export async function eraseSubscriber(
  services: { db: Db; clock: Clock; secrets: Secrets; config: { dataDir: string } },
  subscriberId: number,
  alongside: (tx: Tx) => Promise<void> = async () => {},
): Promise<boolean> {
  const at = services.clock.now()
  const emails = await services.db.transaction('bulk', async (tx) => {
    const row = await tx.tables
      .selectFrom('subscriber')
      .select(['email', 'domain'])
      .where('id', '=', subscriberId)
      .forUpdate()
      .executeTakeFirst()
    if (!row) return null
    const theirs = [row.email, ...(await tx.run(earlierAddresses, [subscriberId])).map(({ email }) => email)]
    await emptyOwnRows(tx, subscriberId, at)
    await emptyReturns(tx, subscriberId, theirs)
    await tx.tables.deleteFrom('subscriber').where('id', '=', subscriberId).execute()
    await emptyRowsTo(tx, theirs, at)
    await tx.tables.deleteFrom('signup_guard').where('key', '=', guardKey(services.secrets, row)).execute()
    await tx.run(takeOffList, [row.email, suppressionHashes(services.secrets, row.email)])
    await tx.tables
      .insertInto('suppression')
      .values({ hash: suppressionHash(services.secrets, row.email), reason: 'erased', created_at: at })
      .execute()
    for (const email of theirs) await strikeOut(tx, email, at)
    await strikeOutSealed(tx, services.secrets, theirs)
    await alongside(tx)
    return theirs
  })
  if (!emails) return false
  await forgetInOutbox(services.config.dataDir, emails)
  return true
}

/** A choice of papers says what its reader follows: it goes, though their place stays. */
const forgetOrders = variants(['batch', 'personal_order'], {
  text: (
    table,
  ) => `UPDATE ${table} SET orders = overlay(orders PLACING decode(repeat('00', length(orders) / cardinality(readers)), 'hex')
      FROM (array_position(readers, $1::int) - 1) * (length(orders) / cardinality(readers)) + 1)
    WHERE ${table === 'batch' ? 'first_reader <= $1 AND' : ''} last_reader >= $1
      AND orders IS NOT NULL AND $1::int = ANY (readers)`,
  parameters: [int],
  columns: {},
})

const leaveOutPlaces = statement({
  text: `SELECT true AS done FROM leave_out_places($1, 'erased', $2)`,
  parameters: [int, timestamptz],
  columns: { done: boolean },
})

/** Mail that is due is left out. */
async function emptyOwnRows(tx: Tx, subscriberId: number, at: Date): Promise<void> {
  for (const table of ['batch', 'personal_order'] as const) await tx.run(forgetOrders(table), [subscriberId])
  await tx.run(leaveOutPlaces, [subscriberId, at])
  await tx.tables
    .updateTable('delivery')
    .set({ status: 'left_out', reason: 'erased', settled_at: at, due_at: null })
    .where('subscriber_id', '=', subscriberId)
    .where('status', 'in', openStatuses)
    .execute()
  await tx.tables
    .updateTable('attempt')
    .set({ reply: null })
    .where('delivery_id', 'in', (eb) =>
      eb.selectFrom('delivery').select('id').where('subscriber_id', '=', subscriberId),
    )
    .execute()
  await tx.tables
    .updateTable('delivery')
    .set({ to_address: null, payload: null, reply: null })
    .where('subscriber_id', '=', subscriberId)
    .execute()
}

const emptyMails = statement({
  text: `UPDATE inbound_mail SET raw = NULL, sent_to = '{}'
    WHERE id IN (SELECT mail_id FROM verdict WHERE subscriber_id = $1) OR EXISTS (
      SELECT FROM unnest($2::text[]) AS e(email) WHERE position(convert_to(email, 'UTF8') IN raw) > 0
        OR position(convert_to(lower(email), 'UTF8') IN raw) > 0)`,
  parameters: [int, texts],
  columns: {},
})

/** What came back stays for its counts, without words and without the mails that tell of the reader. */
async function emptyReturns(tx: Tx, subscriberId: number, emails: string[]): Promise<void> {
  await tx.tables
    .updateTable('verdict')
    .set({ words: null })
    .where('subscriber_id', '=', subscriberId)
    .execute()
  await tx.run(emptyMails, [subscriberId, emails])
}

/** Those that the reader moved away from, without what is somebody else's by now. */
const earlierAddresses = statement({
  text: `SELECT DISTINCT email FROM (
      SELECT detail->>'from' AS email FROM consent WHERE subscriber_id = $1 AND action = 'change'
      UNION ALL SELECT to_address FROM delivery WHERE subscriber_id = $1 AND kind = 'notice'
      UNION ALL SELECT payload->>'email' FROM token
        WHERE subscriber_id = $1 AND kind = 'change' AND used_at IS NOT NULL
    ) AS theirs
    WHERE theirs.email IS NOT NULL
      AND NOT EXISTS (SELECT FROM subscriber s WHERE s.email_key = lower(theirs.email))`,
  parameters: [int],
  columns: { email: text },
})
