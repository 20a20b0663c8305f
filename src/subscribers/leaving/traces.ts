/** Where an address may stand besides its own reader's rows, and how it is taken out of there. */
import type { Queries } from '../../db/client.js'
import { quoted } from '../../db/queries/quoted.js'
import { boolean, text, texts, timestamptz } from '../../db/queries/sql-types.js'
import { statement, variants } from '../../db/queries/statement.js'
import { addressPattern } from '../../format/mask-addresses.js'
import { openStatuses } from '../../mail/delivery-status.js'

type Asked = Pick<Queries, 'run'>

/** Columns of free text that somebody or some receiver wrote; the tables are small, or the rows with text few. */
export const writtenText: readonly (readonly [table: string, column: string])[] = [
  ['alert', 'text'],
  ['alert', 'cause'],
  ['alert_send', 'url'],
  ['alert_send', 'fault'],
  ['api_key', 'name'],
  ['consent', 'detail'],
  ['consent', 'source'],
  ['consent', 'user_agent'],
  ['curation', 'reason'],
  ['edition', 'reason'],
  ['import_fault', 'reason'],
  ['import_run', 'fault'],
  ['import_run', 'source'],
  ['interest', 'label'],
  ['interest', 'words'],
  ['look', 'fault'],
  ['source_turn', 'fault'],
  ['stamp', 'held_why'],
  ['subscriber', 'source'],
  ['suppression', 'detail'],
  ['token', 'payload'],
  ['verdict', 'words'],
  ['worker', 'relays'],
]

const json = new Set(['consent.detail', 'token.payload', 'worker.relays'])

const named = 'to_address IS NOT NULL AND lower(to_address) = ANY ($1)'

// Attempts first: they go by the address of their delivery.
const emptied = ['attempt', 'delivery', 'suppression', 'token'] as const

const changes: Record<(typeof emptied)[number], string> = {
  attempt: `reply = NULL WHERE delivery_id IN (SELECT id FROM delivery WHERE ${named})`,
  delivery: `to_address = NULL, payload = NULL, reply = NULL WHERE ${named}`,
  suppression: `email_key = NULL, reason = 'erased', detail = NULL WHERE email_key = ANY ($1)`,
  token: `payload = NULL WHERE kind = 'change' AND lower(payload->>'email') = ANY ($1)`,
}

const emptyRowsOf = variants(emptied, {
  text: (table) => `UPDATE ${table} SET ${changes[table]}`,
  parameters: [texts],
  columns: {},
})

const leaveOutNamed = statement({
  text: `UPDATE delivery SET status = 'left_out', reason = 'erased', settled_at = $2, due_at = NULL
    WHERE ${named} AND status IN (${quoted(openStatuses)})`,
  parameters: [texts, timestamptz],
  columns: {},
})

/** Rows of the ledger and tokens that another reader or an operator had made for that address, emptied. */
export async function emptyRowsTo(tx: Asked, emails: string[], at: Date): Promise<void> {
  const keys = emails.map((email) => email.toLowerCase())
  await tx.run(leaveOutNamed, [keys, at])
  for (const table of emptied) await tx.run(emptyRowsOf(table), [keys])
}

const strikeOutOf = variants(
  writtenText.map(([table, column]) => `${table}.${column}`),
  {
    text: (place) => {
      const [table, column = ''] = place.split('.')
      const text = json.has(place) ? `${column}::text` : column
      return `UPDATE ${table} SET ${column} = regexp_replace(${text}, $2, '[erased]', 'gi')${json.has(place) ? '::jsonb' : ''}
        WHERE position(lower($1) IN lower(${text})) > 0`
    },
    parameters: [text, text],
    columns: {},
  },
)

const emptyMailsNaming = statement({
  text: `UPDATE inbound_mail SET raw = NULL, sent_to = '{}'
    WHERE lower(encode(raw, 'escape')) ~ $1 OR EXISTS (SELECT FROM unnest(sent_to) AS one WHERE lower(one) ~ $1)`,
  parameters: [text],
  columns: {},
})

const redactAudit = statement({
  text: 'SELECT true AS done FROM audit_redact($1, $2, $3)',
  parameters: [text, text, timestamptz],
  columns: { done: boolean },
})

/** Takes the address out of what people wrote, and out of the audit log in the way that its chain allows. */
export async function strikeOut(tx: Asked, email: string, at: Date): Promise<void> {
  const pattern = addressPattern(email)
  for (const [table, column] of writtenText) await tx.run(strikeOutOf(`${table}.${column}`), [email, pattern])
  // What came back and names the address, whomever it was about; read, it is worth no more than its verdicts.
  await tx.run(emptyMailsNaming, [pattern.toLowerCase()])
  await tx.run(redactAudit, [email, pattern, at])
}
