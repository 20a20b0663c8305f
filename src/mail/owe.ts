/** Writes the row that says a mail is owed; whoever decides that one is calls it in the same transaction. */
import type { Query } from '../db/client.js'

declare const passed: unique symbol

/** An address that somebody typed and that the door of the subscribers let through, which alone makes one. */
export type LetThrough = { email: string; domain: string; [passed]: true }

/** To the reader's own address, or `to` another one, then with the reader that it is about, if any. */
type Recipient = { subscriberId: number; domain: string } | { subscriberId: number | null; to: LetThrough }

export type OwedMail = Recipient & {
  kind: 'confirmation' | 'welcome' | 'notice' | 'alert' | 'test'
  /** What composing it needs; no secret in clear. */
  payload: object
  dueAt: Date
}

/** @returns the delivery's id. */
export async function oweMail(query: Query, mail: OwedMail): Promise<string> {
  const to = 'to' in mail ? mail.to : null
  const [row] = await query<{ id: string }>(
    `INSERT INTO delivery (kind, subscriber_id, to_address, domain, payload, due_at, lane, status)
     VALUES ($1, $2, $3, $4, $5, $6, 0, 'due') RETURNING id`,
    [
      mail.kind,
      mail.subscriberId,
      to?.email ?? null,
      'to' in mail ? mail.to.domain : mail.domain,
      JSON.stringify(mail.payload),
      mail.dueAt,
    ],
  )
  if (!row) throw new Error('the ledger took no row')
  return row.id
}

/** A mail that was asked for and is not to be sent: its row is the same, but has neither address nor payload. */
export type LeftOut = {
  kind: OwedMail['kind']
  subscriberId: number
  domain: string
  reason: string
  at: Date
}

export async function noteLeftOut(query: Query, mail: LeftOut): Promise<void> {
  await query(
    `INSERT INTO delivery (kind, subscriber_id, domain, lane, status, reason, settled_at)
     VALUES ($1, $2, $3, 0, 'left_out', $4, $5)`,
    [mail.kind, mail.subscriberId, mail.domain, mail.reason, mail.at],
  )
}
