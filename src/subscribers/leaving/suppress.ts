/** How an address comes onto the list of those that must not be mailed, and how it comes off. */
import type { Secrets } from '../../config/secrets.js'
import type { Queries } from '../../db/client.js'
import { bytes, bytesList, int, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import { suppressionHash, suppressionHashes } from './listed.js'

export type SuppressionReason = 'bounced' | 'complained' | 'manual'

const setStatus = statement({
  text: `UPDATE subscriber SET status = $2, updated_at = $3, unsubscribed_at = coalesce(unsubscribed_at, $3)
    WHERE email_key = lower($1)
      AND status = ANY (CASE $2 WHEN 'unsubscribed' THEN ARRAY['pending', 'active']
                                WHEN 'bounced' THEN ARRAY['pending', 'active', 'unsubscribed']
                                ELSE ARRAY['pending', 'active', 'unsubscribed', 'bounced'] END)`,
  parameters: [text, text, timestamptz],
  columns: {},
})

const putOnList = statement({
  text: `INSERT INTO suppression (email_key, hash, reason, detail, created_at)
    SELECT lower($1), $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM suppression WHERE hash = ANY ($6::bytea[]))
    ON CONFLICT DO NOTHING`,
  parameters: [text, bytes, text, nullable(text), timestamptz, bytesList],
  columns: {},
})

/**
 * Puts an address on the list, and its subscriber, if any, into the status that goes with the reason. The
 * first reason stays, and an erased address is not written down again. Due mail is left out when it is claimed.
 */
export async function suppress(
  tx: Pick<Queries, 'run'>,
  secrets: Secrets,
  email: string,
  reason: SuppressionReason,
  options: { at: Date; detail?: string },
): Promise<void> {
  const status = reason === 'manual' ? 'unsubscribed' : reason
  await tx.run(setStatus, [email, status, options.at])
  await tx.run(putOnList, [
    email,
    suppressionHash(secrets, email),
    reason,
    options.detail === undefined ? null : maskAddresses(options.detail),
    options.at,
    suppressionHashes(secrets, email),
  ])
}

/** Its owner has confirmed anew: the hash of an address that was erased has done its duty. */
export async function liftErasure(
  tx: Pick<Queries, 'tables'>,
  secrets: Secrets,
  email: string,
): Promise<void> {
  await tx.tables
    .deleteFrom('suppression')
    .where('reason', '=', 'erased')
    .where('hash', 'in', suppressionHashes(secrets, email))
    .execute()
}

const mayAskAgain = statement({
  text: `UPDATE subscriber SET status = 'unsubscribed', updated_at = $2
    WHERE email_key = lower($1) AND status IN ('bounced', 'complained')`,
  parameters: [text, timestamptz],
  columns: {},
})

/** By its text and by its hashes. */
export const takeOffList = statement({
  text: 'DELETE FROM suppression WHERE email_key = lower($1) OR hash = ANY ($2) RETURNING id',
  parameters: [text, bytesList],
  columns: { id: int },
})

/**
 * Takes an address off the list, also an erased one. Its subscriber, if any, becomes `unsubscribed`: only
 * its owner can say that mail is wanted again.
 * @returns whether it was on it.
 */
export async function liftSuppression(
  tx: Pick<Queries, 'run'>,
  secrets: Secrets,
  email: string,
  at: Date,
): Promise<boolean> {
  await tx.run(mayAskAgain, [email, at])
  return (await tx.run(takeOffList, [email, suppressionHashes(secrets, email)])).length > 0
}
