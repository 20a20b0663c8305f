/** Writes the row that says a mail is owed; whoever decides that one is calls it in the same transaction. */
import { Type } from 'typebox'
import type { Queries } from '../db/queries/queries.js'
import { bigint, int, json, nullable, oneOf, text, timestamptz } from '../db/queries/sql-types.js'
import { columnValues } from '../db/queries/columns.js'
import { statement } from '../db/queries/statement.js'

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

const kind = oneOf(columnValues.delivery.kind)

const owe = statement({
  text: `INSERT INTO delivery (kind, subscriber_id, to_address, domain, payload, due_at, lane, status)
    VALUES ($1, $2, $3, $4, $5, $6, 0, 'due') RETURNING id`,
  parameters: [kind, nullable(int), nullable(text), text, json(Type.Unknown()), timestamptz],
  columns: { id: bigint },
})

/** @returns the delivery's id. */
export async function oweMail(tx: Pick<Queries, 'run'>, mail: OwedMail): Promise<string> {
  const to = 'to' in mail ? mail.to : null
  const domain = 'to' in mail ? mail.to.domain : mail.domain
  const email = to?.email ?? null
  const [row] = await tx.run(owe, [mail.kind, mail.subscriberId, email, domain, mail.payload, mail.dueAt])
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

const leftOut = statement({
  text: `INSERT INTO delivery (kind, subscriber_id, domain, lane, status, reason, settled_at)
    VALUES ($1, $2, $3, 0, 'left_out', $4, $5)`,
  parameters: [kind, int, text, text, timestamptz],
  columns: {},
})

export async function noteLeftOut(tx: Pick<Queries, 'run'>, mail: LeftOut): Promise<void> {
  await tx.run(leftOut, [mail.kind, mail.subscriberId, mail.domain, mail.reason, mail.at])
}
