/** Writes the row that says a mail is owed; whoever decides that one is calls it in the same transaction. */
import type { Query } from '../db/client.js'

export type OwedMail = {
  kind: 'confirmation' | 'welcome' | 'notice' | 'alert' | 'test'
  /** Null for mail to an operator. */
  subscriberId: number | null
  /** Where it goes when not to the subscriber's own address. */
  toAddress?: string
  /** The recipient's domain, lower-case A-labels. */
  domain: string
  /** What composing it needs; no secret in clear. */
  payload: object
  dueAt: Date
}

/** @returns the delivery's id. */
export async function oweMail(query: Query, mail: OwedMail): Promise<string> {
  const [row] = await query<{ id: string }>(
    `INSERT INTO delivery (kind, subscriber_id, to_address, domain, payload, due_at, lane, status)
     VALUES ($1, $2, $3, $4, $5, $6, 0, 'due') RETURNING id`,
    [
      mail.kind,
      mail.subscriberId,
      mail.toAddress ?? null,
      mail.domain,
      JSON.stringify(mail.payload),
      mail.dueAt,
    ],
  )
  if (!row) throw new Error('the ledger took no row')
  return row.id
}
