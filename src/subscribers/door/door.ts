/** The one door for mail to an address that somebody typed: nothing else makes an address that mail may be owed to. */
import type { Secrets } from '../../config/secrets.js'
import type { Tx } from '../../db/client.js'
import { boolean, bytes, nullable, oneOf, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import type { LetThrough } from '../../mail/owe.js'
import type { Address } from '../address.js'
import { keyedHash } from '../keys.js'
import { doorSql, doorTerms, type Limit, type Refused, refusals, termsOf } from './count-sql.js'
import { guardKey, type Network, networkFrom, secondsUntil, type SignupLimits, windowsAt } from './limits.js'

export type { Refused } from './count-sql.js'

/** Who asks for the mail. */
export type Asker =
  /** A reader, in the preferences or with a link of ours. */
  | { reader: number; ip: string | null }
  /** An operator, by the id of the key or `cli`. */
  | { operator: string }
  /** The service, which has something to tell its operators. */
  | 'service'

/** `quiet`: the address was mailed often enough. The asker is told the same as of `open`. */
export type Passage =
  | { state: 'open'; to: LetThrough }
  | { state: 'quiet' }
  | { state: 'refused'; by: Refused }

type DoorServices = { secrets: Secrets; limits: SignupLimits }

const passing = (...limits: Limit[]): string => {
  const door = doorSql(new Set(limits))
  return `WITH ${door.terms}, request AS MATERIALIZED (
       SELECT 0 AS i, $2::text AS domain, $3::bytea AS guard, $4::bytea AS asker, $5::bytea AS network,
         $6::bytea AS site, $7::boolean AS trusted
     ), ${door.counted}
     SELECT refused, EXISTS (SELECT FROM guarded) AS open FROM verdict`
}

const typed = {
  parameters: [doorTerms, text, bytes, nullable(bytes), nullable(bytes), nullable(bytes), boolean],
  columns: { refused: nullable(oneOf(refusals)), open: boolean },
} as const

const passService = statement({ ...typed, text: passing('alert') })
const passOperator = statement({ ...typed, text: passing('copy', 'operator', 'domain', 'all') })
const passReader = statement({ ...typed, text: passing('reader', 'guard', 'domain', 'all') })
const passFromNetwork = statement({
  ...typed,
  text: passing('reader', 'network', 'guard', 'domain', 'all'),
})
const passFromSite = statement({
  ...typed,
  text: passing('reader', 'network', 'site', 'guard', 'domain', 'all'),
})

/** Counts one mail to that address. Its counters stay locked until the transaction ends. */
export async function passDoor(
  tx: Tx,
  { secrets, limits }: DoorServices,
  address: Address,
  asker: Asker,
  at: Date,
): Promise<Passage> {
  const from = typeof asker === 'object' && 'reader' in asker ? networkFrom(secrets, asker.ip) : null
  const [row] = await tx.run(passageOf(asker, from), [
    termsOf(limits, at),
    address.domain,
    guardKey(secrets, address),
    askerKey(secrets, asker),
    from?.network ?? null,
    from?.site ?? null,
    typeof asker === 'object' && 'operator' in asker,
  ])
  if (!row || row.refused) return { state: 'refused', by: row?.refused ?? 'all' }
  return row.open ? { state: 'open', to: letThrough(address) } : { state: 'quiet' }
}

function passageOf(asker: Asker, from: Network | null) {
  if (asker === 'service') return passService
  if ('operator' in asker) return passOperator
  if (!from) return passReader
  return from.site ? passFromSite : passFromNetwork
}

function askerKey({ keys: [key] }: Secrets, asker: Asker): Buffer | null {
  if (asker === 'service') return null
  return 'reader' in asker
    ? keyedHash(key, 'door reader', String(asker.reader))
    : keyedHash(key, 'door operator', asker.operator)
}

const letThrough = (address: Address) => address as LetThrough

/** An address that the operator named in the environment: nobody else typed it. */
export function addressOfOperator(email: string): LetThrough {
  return letThrough({ email, domain: email.slice(email.lastIndexOf('@') + 1).toLowerCase() })
}

/** A reader's address up to now, which is told that they moved: once for each move, and that takes a click. */
export function addressLeft(address: Address): LetThrough {
  return letThrough(address)
}

/** Somebody reads mail at that address and wants it: the count of mails without a click starts anew. */
export async function noteClick(tx: Tx, secrets: Secrets, address: Address): Promise<void> {
  await tx.tables
    .updateTable('signup_guard')
    .set({ unclicked: 0 })
    .where('key', '=', guardKey(secrets, address))
    .execute()
}

/**
 * Says which limit it was and when to come back; never for a reason that has to do with the address.
 * @throws Problem `precondition-required` or `too-many-requests`.
 */
export function refuse(by: Refused, at: Date): never {
  if (by === 'prove') {
    throw new Problem('precondition-required', 'Many people are signing up: a proof of work is needed.')
  }
  const ends = windowsAt(at)
  const until = by === 'all' ? ends.minute : by === 'reader' || by === 'operator' ? ends.day : ends.hour
  const retryAfter = secondsUntil(until, at)
  throw new Problem('too-many-requests', words[by] ?? words.others, { retryAfter })
}

const words: Partial<Record<Refused, string>> & { others: string } = {
  reader: 'You have asked for as many mails today as we send for one reader; please try again tomorrow.',
  operator: 'This key has asked for as many test mails today as it may; try again tomorrow.',
  copy: 'This address has got as many test mails in this hour as it may; try again later.',
  others: 'Too many sign-ups from here; please try again later.',
}
