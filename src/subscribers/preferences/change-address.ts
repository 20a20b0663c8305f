/** A subscriber's move to another address, asked for in the preferences and confirmed from the new one. */
import type { Secrets } from '../../config/secrets.js'
import type { Db, Tx } from '../../db/client.js'
import { bytesList, count, int, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import { noteLeftOut, oweMail } from '../../mail/owe.js'
import { type AcceptServices, acceptAddress } from '../admission/accept-address.js'
import type { Address } from '../address.js'
import { addressLeft, type Passage, passDoor, type Refused, refuse } from '../door/door.js'
import { defaultLimits, type SignupLimits } from '../door/limits.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { endFeed } from '../feedback/reading-list.js'
import type { MailPayload } from '../payload.js'
import { suppressionHashes } from '../leaving/listed.js'
import { lockSubscriber } from '../lock.js'
import type { TokenPayload } from '../token-payload.js'
import { mintToken, tokenExpiry } from '../tokens.js'

type ChangeServices = AcceptServices & { db: Db; secrets: Secrets; limits?: SignupLimits }

/**
 * Owes the new address a mail whose link brings the change about. An address that is subscribed, suppressed
 * or mailed too often gets none; the asker is told the same, and finds the same among what is kept of them.
 * @throws Problem `unprocessable` for a text that is no address, `too-many-requests` for whoever asks too
 * often, `gone` when there is no such subscriber.
 */
export async function requestChange(
  services: ChangeServices,
  subscriberId: number,
  to: string,
  evidence: Evidence,
): Promise<void> {
  const address = await acceptAddress(services, to)
  const at = services.clock.now()
  const door = { secrets: services.secrets, limits: services.limits ?? defaultLimits }
  const refused = await services.db.transaction('request', async (tx): Promise<Refused | null> => {
    const passage = await passDoor(tx, door, address, { reader: subscriberId, ip: evidence.ip }, at)
    if (passage.state === 'refused') return passage.by
    await askFor(tx, services.secrets, subscriberId, address, passage, at)
    return null
  })
  // Whoever has come by a link of ours is asked for no proof of work.
  if (refused) refuse(refused === 'prove' ? 'all' : refused, at)
}

const holdersOf = statement({
  text: `SELECT count(*) AS count FROM (
      SELECT FROM subscriber WHERE email_key = lower($1)
      UNION ALL SELECT FROM suppression WHERE email_key = lower($1) OR hash = ANY ($2)
    ) AS holder`,
  parameters: [text, bytesList],
  columns: { count },
})

async function mayMoveTo(tx: Tx, secrets: Secrets, email: string): Promise<boolean> {
  const [holders] = await tx.run(holdersOf, [email, suppressionHashes(secrets, email)])
  return holders?.count === 0
}

/** The same rows whatever is known of the address; those of a mail that is not sent do not name it. */
async function askFor(
  tx: Tx,
  secrets: Secrets,
  subscriberId: number,
  { email, domain }: Address,
  passage: Exclude<Passage, { state: 'refused' }>,
  at: Date,
): Promise<void> {
  if (!(await lockSubscriber(tx, subscriberId))) {
    throw new Problem('gone', 'There is no such subscription any more.')
  }
  const free = await mayMoveTo(tx, secrets, email)
  const { sealed, hash } = mintToken(secrets)
  await endTokens(tx, subscriberId, at).where('kind', '=', 'change').execute()
  const open = free && passage.state === 'open'
  await tx.tables
    .insertInto('token')
    .values({
      hash,
      kind: 'change',
      subscriber_id: subscriberId,
      payload: open ? JSON.stringify({ email, domain } satisfies TokenPayload) : null,
      created_at: at,
      expires_at: tokenExpiry(at),
    })
    .execute()
  const payload: MailPayload = { about: 'change', token: sealed }
  if (open) {
    await oweMail(tx, { kind: 'confirmation', subscriberId, to: passage.to, payload, dueAt: at })
  } else {
    const reason = free ? 'mailed often enough' : 'subscribed or suppressed'
    await noteLeftOut(tx, { kind: 'confirmation', subscriberId, domain, reason, at })
  }
}

const moveTo = statement({
  text: 'UPDATE subscriber SET email = $2, email_key = lower($2), domain = $3, updated_at = $4 WHERE id = $1',
  parameters: [int, text, text, timestamptz],
  columns: {},
})

/** Moves the subscriber, ends what was mailed to the old address and tells it. @returns false when the new one is somebody's already. */
export async function changeAddress(
  tx: Tx,
  secrets: Secrets,
  subscriberId: number,
  to: TokenPayload | null,
  evidence: Evidence,
  at: Date,
): Promise<boolean> {
  const { email = '', domain = '' } = to ?? {}
  // Empty when the address was erased since.
  if (email === '' || !(await mayMoveTo(tx, secrets, email))) return false
  const old = await tx.tables
    .selectFrom('subscriber')
    .select(['email', 'domain'])
    .where('id', '=', subscriberId)
    .executeTakeFirst()
  if (!old) return false
  await tx.run(moveTo, [subscriberId, email, domain, at])
  await endLinks(tx, subscriberId, at)
  const payload: MailPayload = { about: 'moved' }
  await oweMail(tx, { kind: 'notice', subscriberId, to: addressLeft(old), payload, dueAt: at })
  await recordConsent(tx, subscriberId, 'change', evidence, { at, detail: { from: old.email } })
  return true
}

/**
 * Links that were mailed up to now open nothing any more, buttons that wait to be pressed do nothing, and the
 * address of the private feed, which whoever had such a link may know, is none. Links to leave stay good: nobody is
 * to look for a way out.
 */
export async function endLinks(tx: Tx, subscriberId: number, at: Date): Promise<void> {
  await tx.tables
    .updateTable('subscriber')
    .set((reader) => ({ epoch: reader('epoch', '+', 1), updated_at: at }))
    .where('id', '=', subscriberId)
    .execute()
  await endTokens(tx, subscriberId, at).execute()
  await endFeed(tx, subscriberId)
}

/** Ends those that are neither used nor ended. */
const endTokens = (tx: Tx, subscriberId: number, at: Date) =>
  tx.tables
    .updateTable('token')
    .set({ replaced_at: at })
    .where('subscriber_id', '=', subscriberId)
    .where('used_at', 'is', null)
    .where('replaced_at', 'is', null)
