/** Finds the mail that was owed of which a report tells, and whether its reader still has that address. */
import type { Secrets } from '../../config/secrets.js'
import type { Tx } from '../../db/client.js'
import { bigint, int, nullable, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { type OwedMail, readToken, tagOf, type TokenPurpose } from '../../deliveries/returns/return-path.js'
import type { Placed } from '../../deliveries/returns/finding.js'
import { emailKey } from '../../subscribers/address.js'
import { leaveLocal } from '../../deliveries/composing/own-addresses.js'

/** What names the mail, the surest first. */
export type Clues = {
  /** The envelope's recipients, or the MAIL FROM that a provider tells of. */
  addresses: string[]
  /** The Message-ID of the copy that came back, in its brackets. */
  messageId: string | null
}

export type Named = { owed: OwedMail; by: TokenPurpose }

export function mailNamed(secrets: Secrets, { addresses, messageId }: Clues): Named | null {
  for (const address of addresses) {
    const by = address.toLowerCase().startsWith(`${leaveLocal}+`) ? 'leave' : 'bounce'
    const owed = readToken(secrets, by, tagOf(address) ?? '')
    if (owed) return { owed, by }
  }
  const token = /^<[a-z]{1,20}\.([^@<>\s]{1,64})@/.exec(messageId ?? '')?.[1]
  const owed = token === undefined ? null : readToken(secrets, 'message', token)
  return owed && { owed, by: 'message' }
}

export type Owner = Placed & {
  /** Of the reader; null when there is none any more, or the mail went to an operator. */
  email: string | null
}

/**
 * @param told - the address that the report names, if any: behind a forwarding it is another one
 * @returns null when there is no such mail any more.
 */
export async function ownerOf(tx: Tx, { owed, by }: Named, told: string | null): Promise<Owner | null> {
  if ('deliveryId' in owed) return ownerOfRow(tx, owed.deliveryId, told)
  const reader = await tx.tables
    .selectFrom('subscriber')
    .select(['id', 'email', 'email_key as key', 'domain', 'epoch'])
    .where('id', '=', owed.subscriberId)
    .executeTakeFirst()
  if (!reader) return null
  const same = told !== null && emailKey(told) === reader.key
  return {
    subscriberId: reader.id,
    editionId: (await isEdition(tx, owed.editionId)) ? owed.editionId : null,
    deliveryId: null,
    domain: reader.domain,
    email: reader.email,
    current: same || (by !== 'message' && owed.epoch === reader.epoch),
  }
}

async function isEdition(tx: Tx, id: number): Promise<boolean> {
  const row = await tx.tables.selectFrom('edition').select('id').where('id', '=', id).executeTakeFirst()
  return row !== undefined
}

async function ownerOfRow(tx: Tx, id: string, told: string | null): Promise<Owner | null> {
  const row = await tx.tables
    .selectFrom('delivery as d')
    .leftJoin('subscriber as s', 's.id', 'd.subscriber_id')
    .select(['d.domain', 'd.edition_id as editionId', 'd.to_address as to'])
    .select(['s.id as subscriberId', 's.email', 's.email_key as key'])
    .where('d.id', '=', id)
    .executeTakeFirst()
  if (!row) return null
  const { to, key, ...placed } = row
  return {
    ...placed,
    deliveryId: id,
    current: to === null && key !== null && (told === null || emailKey(told) === key),
  }
}

/** For an event whose provider proved itself and that names no mail of ours: the last one to that address. */
export async function lastOwnerOf(tx: Tx, address: string): Promise<Owner | null> {
  const [row] = await tx.run(lastMailTo, [emailKey(address)])
  return row ? { ...row, current: true } : null
}

const lastMailTo = statement({
  text: `SELECT s.id AS "subscriberId", s.email, s.domain, d.id AS "deliveryId", d.edition_id AS "editionId"
    FROM subscriber s CROSS JOIN LATERAL mails_of(s.id) d
    WHERE s.email_key = $1 AND d.to_address IS NULL ORDER BY d.created_at DESC, d.id DESC LIMIT 1`,
  parameters: [text],
  columns: { subscriberId: int, email: text, domain: text, deliveryId: bigint, editionId: nullable(int) },
})
