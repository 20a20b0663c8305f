/** Erasing a reader: all is gone but a keyed hash, so that no import brings the address back. */
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import { type Db, inTransaction, type Query } from '../../db/client.js'
import { guardKey } from '../door/limits.js'
import { retrying } from '../retry.js'
import { suppressionHash, suppressionHashes } from './suppress.js'
import { strikeOutSealed } from './sealed-answers.js'
import { emptyRowsTo, strikeOut } from './traces.js'
import { quoted } from '../../db/queries/quoted.js'
import { forgetInOutbox } from '../../mail/outbox.js'
import { openStatuses } from '../../mail/delivery-status.js'

/**
 * Goes by the reader and by every address that was theirs: rows of the ledger stay for its counts, without address
 * and without what the relay replied; what others asked to have mailed there is emptied; what people wrote loses
 * the address; files of the outbox go.
 * @returns whether there was such a subscriber.
 */
export async function eraseSubscriber(
  services: { db: Db; clock: Clock; secrets: Secrets; config: { dataDir: string } },
  subscriberId: number,
): Promise<boolean> {
  const at = services.clock.now()
  const emails = await retrying(() =>
    inTransaction(services.db, async (query, tx) => {
      const [row] = await query<{ email: string; domain: string }>(
        'SELECT email, domain FROM subscriber WHERE id = $1 FOR UPDATE',
        [subscriberId],
      )
      if (!row) return null
      const theirs = [row.email, ...(await earlierAddresses(query, subscriberId))]
      await emptyOwnRows(query, subscriberId, at)
      await emptyReturns(query, subscriberId, theirs)
      await query('DELETE FROM subscriber WHERE id = $1', [subscriberId])
      await emptyRowsTo(query, theirs, at)
      await query('DELETE FROM signup_guard WHERE key = $1', [guardKey(services.secrets, row)])
      await query('DELETE FROM suppression WHERE email_key = lower($1) OR hash = ANY ($2::bytea[])', [
        row.email,
        suppressionHashes(services.secrets, row.email),
      ])
      await query(`INSERT INTO suppression (hash, reason, created_at) VALUES ($1, 'erased', $2)`, [
        suppressionHash(services.secrets, row.email),
        at,
      ])
      for (const email of theirs) await strikeOut(query, email, at)
      await strikeOutSealed(tx, services.secrets, theirs)
      return theirs
    }),
  )
  if (!emails) return false
  await forgetInOutbox(services.config.dataDir, emails)
  return true
}

/** A choice of papers says what its reader follows: it goes, though their place stays. */
async function forgetOrders(query: Query, subscriberId: number): Promise<void> {
  const places = [
    ['batch', 'first_reader <= $1 AND last_reader >= $1'],
    ['personal_order', 'last_reader >= $1'],
  ] as const
  for (const [table, where] of places) {
    await query(
      `UPDATE ${table} SET orders = overlay(orders PLACING decode(repeat('00', length(orders) / cardinality(readers)), 'hex')
         FROM (array_position(readers, $1::int) - 1) * (length(orders) / cardinality(readers)) + 1)
       WHERE ${where} AND orders IS NOT NULL AND $1::int = ANY (readers)`,
      [subscriberId],
    )
  }
}

/** Mail that is due is left out. */
async function emptyOwnRows(query: Query, subscriberId: number, at: Date): Promise<void> {
  await forgetOrders(query, subscriberId)
  await query(`SELECT leave_out_places($1, 'erased', $2)`, [subscriberId, at])
  await query(
    `UPDATE delivery SET status = 'left_out', reason = 'erased', settled_at = $2, due_at = NULL
     WHERE subscriber_id = $1 AND status IN (${quoted(openStatuses)})`,
    [subscriberId, at],
  )
  await query(
    `UPDATE attempt SET reply = NULL WHERE delivery_id IN (SELECT id FROM delivery WHERE subscriber_id = $1)`,
    [subscriberId],
  )
  await query(
    `UPDATE inbound_mail SET raw = NULL, sent_to = '{}'
     WHERE id IN (SELECT mail_id FROM verdict WHERE subscriber_id = $1)`,
    [subscriberId],
  )
  await query('UPDATE verdict SET words = NULL WHERE subscriber_id = $1', [subscriberId])
  await query(
    'UPDATE delivery SET to_address = NULL, payload = NULL, reply = NULL WHERE subscriber_id = $1',
    [subscriberId],
  )
}

/** What came back stays for its counts, without words and without the mails that tell of the reader. */
async function emptyReturns(query: Query, subscriberId: number, emails: string[]): Promise<void> {
  await query('UPDATE verdict SET words = NULL WHERE subscriber_id = $1', [subscriberId])
  await query(
    `UPDATE inbound_mail SET raw = NULL, sent_to = '{}'
     WHERE id IN (SELECT mail_id FROM verdict WHERE subscriber_id = $1) OR EXISTS (
       SELECT FROM unnest($2::text[]) AS e(email) WHERE position(convert_to(email, 'UTF8') IN raw) > 0
         OR position(convert_to(lower(email), 'UTF8') IN raw) > 0)`,
    [subscriberId, emails],
  )
}

/** Those that the reader moved away from, without what is somebody else's by now. */
async function earlierAddresses(query: Query, subscriberId: number): Promise<string[]> {
  const rows = await query<{ email: string }>(
    `SELECT DISTINCT email FROM (
       SELECT detail->>'from' AS email FROM consent WHERE subscriber_id = $1 AND action = 'change'
       UNION ALL SELECT to_address FROM delivery WHERE subscriber_id = $1 AND kind = 'notice'
       UNION ALL SELECT payload->>'email' FROM token
         WHERE subscriber_id = $1 AND kind = 'change' AND used_at IS NOT NULL
     ) AS theirs
     WHERE theirs.email IS NOT NULL
       AND NOT EXISTS (SELECT FROM subscriber s WHERE s.email_key = lower(theirs.email))`,
    [subscriberId],
  )
  return rows.map(({ email }) => email)
}
