/** What an operator changes about a subscriber; each with its row in the audit log. */
import { isTimezone } from '../../clock.js'
import type { Tx } from '../../db/client.js'
import { int, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import type { Services } from '../../services.js'
import { type AcceptServices, acceptAddress } from '../../subscribers/admission/accept-address.js'
import { recordConsent } from '../../subscribers/evidence.js'
import { eraseSubscriber } from '../../subscribers/leaving/erase.js'
import { unsubscribe } from '../../subscribers/leaving/leave.js'
import { suppress } from '../../subscribers/leaving/suppress.js'
import { isListed } from '../../subscribers/leaving/listed.js'
import { lockSubscriber } from '../../subscribers/lock.js'
import type { Address } from '../../subscribers/address.js'
import type { Frequency } from '../../subscribers/subscriber.js'
import { type Author, writeAudit } from '../audit.js'
import type { SubscriberRow } from './list.js'
import { readSubscriber } from './read.js'

type ChangeServices = Pick<Services, 'clock' | 'secrets'>

export type SubscriberChange = {
  frequency?: Frequency
  timezone?: string | null
  hour?: number | null
  pausedUntil?: string | null
  source?: string | null
}

/** @param check - is shown the locked row before it changes; throws to refuse. */
export async function changeSubscriber(
  tx: Tx,
  services: ChangeServices,
  id: number,
  change: SubscriberChange,
  author: Author,
  check: (row: SubscriberRow) => void,
): Promise<SubscriberRow> {
  if (change.timezone && !isTimezone(change.timezone)) throw noTimezone()
  const { frequency, timezone, hour, source, pausedUntil } = change
  return changing(tx, services, id, 'subscriber.changed', author, async (row) => {
    check(row)
    const data = {
      ...(frequency !== undefined && { frequency }),
      ...(timezone !== undefined && { timezone }),
      ...(hour !== undefined && { hour }),
      ...(source !== undefined && { source: source && maskAddresses(source) }),
      ...(pausedUntil !== undefined && { pausedUntil: pausedUntil === null ? null : new Date(pausedUntil) }),
    }
    if (Object.keys(data).length === 0) return
    await tx.models.subscriber.update({ where: { id }, data: { ...data, updatedAt: services.clock.now() } })
  })
}

/** Ends the subscription; doing it twice is the same as once. */
export function unsubscribeByOperator(
  tx: Tx,
  services: ChangeServices,
  id: number,
  author: Author,
): Promise<SubscriberRow> {
  return changing(tx, services, id, 'subscriber.unsubscribed', author, async () => {
    const evidence = { ip: null, userAgent: null, text: `by ${author.who}` }
    await unsubscribe(tx, services.clock, id, evidence)
  })
}

/** Puts the address on the list of those that must not be mailed. */
export function suppressSubscriber(
  tx: Tx,
  services: ChangeServices,
  id: number,
  author: Author,
): Promise<SubscriberRow> {
  return changing(tx, services, id, 'subscriber.suppressed', author, ({ email }) =>
    suppress(tx, services.secrets, email, 'manual', {
      at: services.clock.now(),
      ...(author.why ? { detail: author.why } : {}),
    }),
  )
}

/** Forgets a subscriber; the address is never mailed again, and nothing tells it any more. */
export async function eraseByOperator(
  services: ChangeServices & Pick<Services, 'config' | 'db'>,
  id: number,
  author: Author,
): Promise<void> {
  const change = { action: 'subscriber.erased', target: `subscriber:${id}` }
  const known = await eraseSubscriber(services, id, (tx) => writeAudit(tx, services.clock, author, change))
  if (!known) throw new Problem('not-found', 'There is no such subscriber.')
}

/** Holds the row while it changes. @throws Problem `not-found`. */
async function changing(
  tx: Tx,
  { clock }: Pick<Services, 'clock'>,
  id: number,
  action: string,
  author: Author,
  work: (row: SubscriberRow) => Promise<void>,
): Promise<SubscriberRow> {
  await lockSubscriber(tx, id)
  const row = await readSubscriber(tx, id)
  await work(row)
  const changed = await readSubscriber(tx, id)
  const target = `subscriber:${id}`
  const logged = { action, target, before: auditable(row), after: auditable(changed) }
  await writeAudit(tx, clock, author, logged)
  return changed
}

/** Without the address: the log outlives an erasure. */
function auditable({ email: _email, domain: _domain, ...row }: SubscriberRow): object {
  return row
}

export type NewSubscriber = {
  email: string
  frequency?: Frequency
  timezone?: string
  source?: string
}

/**
 * Adds an active subscriber on the operator's word that there is consent.
 * @throws Problem `conflict` for an address that is known or suppressed.
 */
export async function addSubscriber(
  services: ChangeServices & AcceptServices & Pick<Services, 'db'>,
  input: NewSubscriber,
  author: Author,
): Promise<SubscriberRow> {
  const address = await acceptAddress(services, input.email)
  if (input.timezone && !isTimezone(input.timezone)) throw noTimezone()
  return services.db.transaction('request', (tx) => insertSubscriber(tx, services, address, input, author))
}

const insertActive = statement({
  text: `INSERT INTO subscriber (email, email_key, domain, status, frequency, timezone, source, confirmed_at,
      created_at, updated_at)
    VALUES ($1, lower($1), $2, 'active', $3, $4, $5, $6, $6, $6) ON CONFLICT DO NOTHING RETURNING id`,
  parameters: [text, text, text, nullable(text), nullable(text), timestamptz],
  columns: { id: int },
})

async function insertSubscriber(
  tx: Tx,
  { clock, secrets }: ChangeServices,
  { email, domain }: Address,
  { frequency = 'daily', timezone, source: given }: Omit<NewSubscriber, 'email'>,
  author: Author,
): Promise<SubscriberRow> {
  const at = clock.now()
  const source = given ? maskAddresses(given) : null
  if (await isListed(tx, secrets, email)) {
    throw new Problem('conflict', 'This address is suppressed: lift that first.')
  }
  const [made] = await tx.run(insertActive, [email, domain, frequency, timezone ?? null, source, at])
  if (!made) throw new Problem('conflict', 'There is a subscriber with this address.')
  const evidence = { ip: null, userAgent: null, text: `added by ${author.who}` }
  await recordConsent(tx, made.id, 'import', evidence, { at, source })
  const row = await readSubscriber(tx, made.id)
  const logged = { action: 'subscriber.added', target: `subscriber:${made.id}`, after: auditable(row) }
  await writeAudit(tx, clock, author, logged)
  return row
}

const noTimezone = () => new Problem('unprocessable', 'The time zone is an IANA name such as Europe/Paris.')
