/** A sign-up: the same work and the same answer whatever is known about the address. */
import { type Clock, isTimezone } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import type { Db } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import { type Frequency, frequencies } from '../subscriber.js'
import { refuse } from '../door/door.js'
import {
  defaultLimits,
  guardKey,
  networkFrom,
  secondsUntil,
  type SignupLimits,
  windowsAt,
} from '../door/limits.js'
import { type AcceptServices, acceptAddress } from '../admission/accept-address.js'
import { type Address, requirePerson } from '../address.js'
import { isDisposable } from '../admission/disposable.js'
import type { Evidence } from '../evidence.js'
import { type MailDns, requireMailDomain } from '../admission/mail-dns.js'
import type { MailPayload } from '../payload.js'
import type { Proof } from '../admission/proof.js'
import { writeSignup } from './signup-batch.js'
import type { SignupRow } from './signup-store.js'
import { suppressedByHash } from '../leaving/listed.js'
import { mintToken } from '../tokens.js'

export type SignupRequest = {
  email: string
  frequency?: Frequency | undefined
  /** IANA name. */
  timezone?: string | undefined
  /** Where the form stood, in the operator's words. */
  source?: string | undefined
}

export type SubscribeServices = AcceptServices & {
  db: Db
  clock: Clock
  secrets: Secrets
  limits?: SignupLimits
  /** Absent or null: no domain is asked about. */
  dns?: MailDns | null
}

/** What the network of a sign-up has used of its hour. */
export type NetworkUse = { limit: number; remaining: number; seconds: number }

/**
 * Owes the address a mail: a confirmation, or word that it is subscribed already; nothing when it is
 * suppressed or was mailed as often as its limit allows. An erased address is written down again for its owner
 * alone, and only the click on the confirmation lifts its hash. Which of these it was, nobody is told.
 * @param asker - an operator may be wrong about who wants mail.
 * @throws Problem `unprocessable` for an address or a wish that is none; `too-many-requests` with the
 * seconds to wait, `precondition-required` when a proof of work is asked for: both for reasons that have
 * nothing to do with the address.
 */
export async function subscribe(
  services: SubscribeServices,
  request: SignupRequest,
  evidence: Evidence,
  proof: Proof | null = null,
  asker: 'owner' | 'operator' = 'owner',
): Promise<NetworkUse> {
  const address = await acceptAddress(services, request.email)
  requirePerson(address)
  const row = rowOf(services.secrets, address, checkWishes(request), evidence, proof)
  await requireMailDomain(services.dns ?? null, address, services.clock.now())
  const limits = services.limits ?? defaultLimits
  const untouched = asker === 'operator' && (await isErased(services, address.email))
  const { refused, used } = untouched ? { refused: null, used: 0 } : await writeSignup(services, row, limits)
  const now = services.clock.now()
  if (refused) refuse(refused, now)
  return {
    limit: limits.networkHour,
    remaining: Math.max(0, limits.networkHour - used),
    seconds: secondsUntil(windowsAt(now).hour, now),
  }
}

async function isErased({ db, secrets }: SubscribeServices, email: string): Promise<boolean> {
  return (await suppressedByHash(db, secrets, [email])).get(email) === 'erased'
}

type Wishes = { frequency?: Frequency; timezone?: string; source?: string }

function checkWishes({ frequency, timezone, source }: SignupRequest): Wishes {
  if (frequency && !frequencies.includes(frequency)) {
    throw new Problem('unprocessable', `The frequency is one of ${frequencies.join(', ')}.`)
  }
  if (timezone && !isTimezone(timezone)) {
    throw new Problem('unprocessable', 'The time zone is an IANA name such as Europe/Paris.')
  }
  if (source && (source.length > 100 || /\p{Cc}/u.test(source))) {
    throw new Problem('unprocessable', 'The source is one line of at most 100 characters.')
  }
  return {
    ...(frequency && { frequency }),
    ...(timezone && { timezone }),
    ...(source && { source: maskAddresses(source) }),
  }
}

function rowOf(
  secrets: Secrets,
  address: Address,
  wishes: Wishes,
  evidence: Evidence,
  proof: Proof | null,
): SignupRow {
  const { sealed, hash } = mintToken(secrets)
  const payload: MailPayload = { about: 'signup', token: sealed }
  return {
    email: address.email,
    domain: address.domain,
    disposable: isDisposable(address.domain),
    wishes,
    source: wishes.source ?? null,
    guard: guardKey(secrets, address),
    from: networkFrom(secrets, evidence.ip),
    proof,
    token: hash,
    payload,
    evidence,
  }
}
