/** What an operator changes about a subscriber; each with its row in the audit log. */
import { isTimezone } from '../../clock.js'
import type { Query } from '../../db/client.js'
import { withJoined } from '../../db/join.js'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import { type AcceptServices, acceptAddress } from '../../subscribers/admission/accept-address.js'
import { recordConsent } from '../../subscribers/evidence.js'
import { eraseSubscriber } from '../../subscribers/leaving/erase.js'
import { unsubscribe } from '../../subscribers/leaving/leave.js'
import { suppress, suppressionHashes } from '../../subscribers/leaving/suppress.js'
import { type Author, writeAudit } from '../audit.js'
import type { SubscriberRow } from './list.js'
import { readSubscriber } from './read.js'

type ChangeServices = Pick<Services, 'db' | 'clock' | 'secrets'> & AcceptServices

export type SubscriberChange = {
  frequency?: string
  timezone?: string | null
  hour?: number | null
  pausedUntil?: string | null
  source?: string | null
}

const columnOf: Record<keyof SubscriberChange, string> = {
  frequency: 'frequency',
  timezone: 'timezone',
  hour: 'hour',
  pausedUntil: 'paused_until',
  source: 'source',
}

/** @param check - is shown the locked row before it changes; throws to refuse. */
export async function changeSubscriber(
  services: ChangeServices,
  id: number,
  change: SubscriberChange,
  author: Author,
  check: (row: SubscriberRow) => void,
): Promise<SubscriberRow> {
  if (change.timezone && !isTimezone(change.timezone)) {
    throw new Problem('unprocessable', 'The time zone is an IANA name such as Europe/Paris.')
  }
  return changing(services, id, 'subscriber.changed', author, async (_, query, row) => {
    check(row)
    const names = (Object.keys(change) as (keyof SubscriberChange)[]).filter((name) => name in columnOf)
    if (names.length === 0) return
    const sets = names.map((name, i) => `${columnOf[name]} = $${i + 3}`)
    await query(`UPDATE subscriber SET ${sets.join(', ')}, updated_at = $2 WHERE id = $1`, [
      id,
      services.clock.now(),
      ...names.map((name) => change[name]),
    ])
  })
}

/** Ends the subscription; doing it twice is the same as once. */
export function unsubscribeByOperator(
  services: ChangeServices,
  id: number,
  author: Author,
): Promise<SubscriberRow> {
  return changing(services, id, 'subscriber.unsubscribed', author, async (tx) => {
    const evidence = { ip: null, userAgent: null, text: `by ${author.who}` }
    await unsubscribe({ ...services, db: tx }, id, evidence)
  })
}

/** Puts the address on the list of those that must not be mailed. */
export function suppressSubscriber(
  services: ChangeServices,
  id: number,
  author: Author,
): Promise<SubscriberRow> {
  return changing(services, id, 'subscriber.suppressed', author, (_, query, row) =>
    suppress(query, services.secrets, row.email, 'manual', {
      at: services.clock.now(),
      ...(author.why ? { detail: author.why } : {}),
    }),
  )
}

/** Forgets a subscriber; the address is never mailed again, and nothing tells it any more. */
export async function eraseByOperator(services: ChangeServices, id: number, author: Author): Promise<void> {
  await withJoined(services.db, async (tx) => {
    if (!(await eraseSubscriber({ ...services, db: tx }, id))) {
      throw new Problem('not-found', 'There is no such subscriber.')
    }
    const change = { action: 'subscriber.erased', target: `subscriber:${id}` }
    await writeAudit(tx, services.clock, author, change)
  })
}

type Work = (
  tx: Parameters<Parameters<typeof withJoined>[1]>[0],
  query: Query,
  row: SubscriberRow,
) => Promise<void>

function changing(
  services: ChangeServices,
  id: number,
  action: string,
  author: Author,
  work: Work,
): Promise<SubscriberRow> {
  return withJoined(services.db, async (tx, query) => {
    const row = await readSubscriber(query, id, true)
    await work(tx, query, row)
    const changed = await readSubscriber(query, id)
    const target = `subscriber:${id}`
    const logged = { action, target, before: auditable(row), after: auditable(changed) }
    await writeAudit(tx, services.clock, author, logged)
    return changed
  })
}

/** Without the address: the log outlives an erasure. */
function auditable({ email: _email, domain: _domain, ...row }: SubscriberRow): object {
  return row
}

export type NewSubscriber = {
  email: string
  frequency?: string
  timezone?: string
  source?: string
}

/**
 * Adds an active subscriber on the operator's word that there is consent.
 * @throws Problem `conflict` for an address that is known or suppressed.
 */
export async function addSubscriber(
  services: ChangeServices,
  input: NewSubscriber,
  author: Author,
): Promise<SubscriberRow> {
  const { email, domain } = await acceptAddress(services, input.email)
  if (input.timezone && !isTimezone(input.timezone)) {
    throw new Problem('unprocessable', 'The time zone is an IANA name such as Europe/Paris.')
  }
  const at = services.clock.now()
  return withJoined(services.db, async (tx, query) => {
    await requireFree(services, query, email)
    const [made] = await query<{ id: number }>(
      `INSERT INTO subscriber (email, email_key, domain, status, frequency, timezone, source, confirmed_at,
         created_at, updated_at)
       VALUES ($1, lower($1), $2, 'active', $3, $4, $5, $6, $6, $6) ON CONFLICT DO NOTHING RETURNING id`,
      [email, domain, input.frequency ?? 'daily', input.timezone ?? null, input.source ?? null, at],
    )
    if (!made) throw new Problem('conflict', 'There is a subscriber with this address.')
    const evidence = { ip: null, userAgent: null, text: `added by ${author.who}` }
    await recordConsent(query, made.id, 'import', evidence, { at, source: input.source ?? null })
    const row = await readSubscriber(query, made.id)
    const logged = { action: 'subscriber.added', target: `subscriber:${made.id}`, after: auditable(row) }
    await writeAudit(tx, services.clock, author, logged)
    return row
  })
}

async function requireFree(services: ChangeServices, query: Query, email: string): Promise<void> {
  const found = await query(
    'SELECT 1 FROM suppression WHERE email_key = lower($1) OR hash = ANY ($2::bytea[])',
    [email, suppressionHashes(services.secrets, email)],
  )
  if (found.length > 0) throw new Problem('conflict', 'This address is suppressed: lift that first.')
}
