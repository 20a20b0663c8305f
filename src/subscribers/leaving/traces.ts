/** Where an address may stand besides its own reader's rows, and how it is taken out of there. */
import type { Query } from '../../db/client.js'
import { quoted } from '../../db/queries/quoted.js'
import { addressPattern } from '../../format/mask-addresses.js'
import { openStatuses } from '../../mail/delivery-status.js'

/** Columns of free text that somebody or some receiver wrote; the tables are small, or the rows with text few. */
export const writtenText: readonly (readonly [table: string, column: string])[] = [
  ['alert', 'text'],
  ['alert', 'cause'],
  ['alert_send', 'url'],
  ['alert_send', 'fault'],
  ['api_key', 'name'],
  ['consent', 'detail'],
  ['consent', 'source'],
  ['curation', 'reason'],
  ['edition', 'reason'],
  ['import_fault', 'reason'],
  ['import_run', 'fault'],
  ['import_run', 'source'],
  ['look', 'fault'],
  ['source_turn', 'fault'],
  ['stamp', 'held_why'],
  ['suppression', 'detail'],
  ['verdict', 'words'],
  ['worker', 'relays'],
]

const json = new Set(['consent.detail', 'worker.relays'])

/** Rows of the ledger and tokens that another reader or an operator had made for that address, emptied. */
export async function emptyRowsTo(query: Query, emails: string[], at: Date): Promise<void> {
  const keys = emails.map((email) => email.toLowerCase())
  const named = 'to_address IS NOT NULL AND lower(to_address) = ANY ($1)'
  await query(
    `UPDATE attempt SET reply = NULL WHERE delivery_id IN (SELECT id FROM delivery WHERE ${named})`,
    [keys],
  )
  await query(
    `UPDATE delivery SET status = 'left_out', reason = 'erased', settled_at = $2, due_at = NULL
     WHERE ${named} AND status IN (${quoted(openStatuses)})`,
    [keys, at],
  )
  await query(`UPDATE delivery SET to_address = NULL, payload = NULL, reply = NULL WHERE ${named}`, [keys])
  await query(
    `UPDATE suppression SET email_key = NULL, reason = 'erased', detail = NULL WHERE email_key = ANY ($1)`,
    [keys],
  )
  await query(
    `UPDATE token SET payload = NULL WHERE kind = 'change' AND lower(payload->>'email') = ANY ($1)`,
    [keys],
  )
}

/** Takes the address out of what people wrote, and out of the audit log in the way that its chain allows. */
export async function strikeOut(query: Query, email: string, at: Date): Promise<void> {
  const pattern = addressPattern(email)
  for (const [table, column] of writtenText) {
    const text = json.has(`${table}.${column}`) ? `${column}::text` : column
    const cast = json.has(`${table}.${column}`) ? '::jsonb' : ''
    await query(
      `UPDATE ${table} SET ${column} = regexp_replace(${text}, $2, '[erased]', 'gi')${cast}
       WHERE position(lower($1) IN lower(${text})) > 0`,
      [email, pattern],
    )
  }
  // What came back and names the address, whomever it was about; read, it is worth no more than its verdicts.
  await query(
    `UPDATE inbound_mail SET raw = NULL, sent_to = '{}'
     WHERE lower(encode(raw, 'escape')) ~ $1 OR EXISTS (SELECT FROM unnest(sent_to) AS one WHERE lower(one) ~ $1)`,
    [pattern.toLowerCase()],
  )
  await query('SELECT audit_redact($1, $2, $3)', [email, pattern, at])
}
