/** Forgets what the operator's side no longer needs; the audit log stays for good. */
import type { Services } from '../services.js'
import { keptHours } from './idempotent-store.js'

const importDays = 90
const alertDays = 90
const operatorMailDays = 90

export async function forgetOperatorRows({ db, clock }: Pick<Services, 'db' | 'clock'>): Promise<void> {
  const now = clock.now()
  await db.sql('DELETE FROM admin_session WHERE expires_at < $1', [now])
  await db.sql('DELETE FROM failed_try WHERE until < $1', [now])
  await db.sql(
    'DELETE FROM idempotent_call WHERE started_at < $1::timestamptz - make_interval(hours => $2)',
    [now, keptHours],
  )
  await db.sql('DELETE FROM import_run WHERE updated_at < $1::timestamptz - make_interval(days => $2)', [
    now,
    importDays,
  ])
  await db.sql('DELETE FROM alert WHERE cleared_at < $1::timestamptz - make_interval(days => $2)', [
    now,
    alertDays,
  ])
  await db.sql(
    `DELETE FROM delivery WHERE kind IN ('alert', 'test') AND settled_at < $1::timestamptz - make_interval(days => $2)`,
    [now, operatorMailDays],
  )
  await db.sql(
    `DELETE FROM webhook w WHERE changed_at < $1::timestamptz - interval '90 days' AND NOT EXISTS (
       SELECT FROM setting s WHERE s.value #> '{alerts,webhooks}' ? w.url)`,
    [now],
  )
}
