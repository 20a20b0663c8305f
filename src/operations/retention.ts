/** Forgets what the operator's side no longer needs; the audit log stays for good. */
import { daysBefore } from '../clock.js'
import { bigint, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import type { Services } from '../services.js'
import { keptHours } from './idempotent-store.js'

const importDays = 90
const alertDays = 90
const operatorMailDays = 90
const webhookDays = 90
/** What webhooks were told of, and may be told again. */
const eventDays = 90
/** What came in, and its verdicts with their evidence. */
const returnDays = 90

/** Of mails that were judged, and as much again of those that nobody could be found for: so many bytes are kept. */
const mostRawBytes = 1_000_000_000

/** The newest stay. What they were judged to be stays as well, with its words. */
const forgetRaws = statement({
  text: `UPDATE inbound_mail SET raw = NULL WHERE id IN (
    SELECT id FROM (
      SELECT id, sum(octet_length(raw)) OVER (PARTITION BY state = 'judged' ORDER BY id DESC) AS kept
      FROM inbound_mail WHERE raw IS NOT NULL AND state <> 'waiting'
    ) AS held WHERE kept > $1)`,
  parameters: [bigint],
  columns: {},
})

const forgetWebhooks = statement({
  text: `DELETE FROM webhook w WHERE changed_at < $1 AND NOT EXISTS (
    SELECT FROM setting s WHERE s.value #> '{alerts,webhooks}' ? w.url
      OR s.value #> '{events,webhooks}' @> jsonb_build_array(jsonb_build_object('url', w.url)))`,
  parameters: [timestamptz],
  columns: {},
})

/** @param rawBytes - for trials */
export async function forgetOperatorRows(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  rawBytes = mostRawBytes,
): Promise<void> {
  const now = clock.now()
  const ago = (days: number) => daysBefore(now, days)
  const { tables } = db
  await tables.deleteFrom('admin_session').where('expires_at', '<', now).execute()
  await tables.deleteFrom('failed_try').where('until', '<', now).execute()
  await tables
    .deleteFrom('idempotent_call')
    .where('started_at', '<', ago(keptHours / 24))
    .execute()
  await tables.deleteFrom('import_run').where('updated_at', '<', ago(importDays)).execute()
  await tables.deleteFrom('alert').where('cleared_at', '<', ago(alertDays)).execute()
  await tables
    .deleteFrom('delivery')
    .where('kind', 'in', ['alert', 'test'])
    .where('settled_at', '<', ago(operatorMailDays))
    .execute()
  await tables.deleteFrom('verdict').where('at', '<', ago(returnDays)).execute()
  await tables.deleteFrom('inbound_mail').where('received_at', '<', ago(returnDays)).execute()
  await db.run(forgetRaws, [rawBytes])
  await tables.deleteFrom('event').where('at', '<', ago(eventDays)).execute()
  await db.run(forgetWebhooks, [ago(webhookDays)])
}
