/** What a delivery is: its statuses, and the row as the worker that claimed it holds it. */
import type { Clock } from '../../clock.js'
import type { Config } from '../../config/config.js'
import type { Secrets } from '../../config/secrets.js'
import type { Db } from '../../db/client.js'
import type { Log } from '../../log.js'
import type { Signer } from '../../mail/dkim/sign.js'
import type { Detail } from '../../mail/message/compiled.js'
import type { OpenStatus } from '../../mail/delivery-status.js'
import type { Envelope, Mailer } from '../../mail/mailer/mailer.js'
import { ownToken } from '../returns/return-path.js'
import type { Place } from './place.js'

/** `alert` and `test` go to an operator: to an address of their own and to no subscriber. */
export type DeliveryKind = 'edition' | 'confirmation' | 'welcome' | 'notice' | 'alert' | 'test'

/** Stands for the subscriber of mail to an operator: its links lead nowhere. */
export const nobody = 0

/** What sending needs of the services. */
export type Sending = {
  db: Db
  clock: Clock
  config: Config
  log: Log
  secrets: Secrets
  mailer: Mailer
  signer: Signer | null
}

/** A delivery that this worker holds under a lease. */
export type Claimed = {
  id: string
  /** The fence: only who holds it may settle the row. */
  claim: string
  /** `performance.now()` up to which a send may begin; a stopwatch, since clocks of hosts differ. */
  leaseEnds: number
  kind: DeliveryKind
  editionId: number | null
  /** {@link nobody} where it goes to an operator. */
  subscriberId: number
  /** Of the reader's links; null where the mail does not go to the reader's own address, and has none. */
  epoch: number | null
  /** How much of each paper the reader wants; null where it goes to none. */
  detail: Detail | null
  address: string
  domain: string
  payload: unknown
  /** Tries so far. */
  attempts: number
  /** The status to which it goes back when it is given back untouched. */
  was: OpenStatus
  dueAt: Date
  expiresAt: Date
  createdAt: Date
  /** The reader's own choice of papers, and what its reasons name; absent where they have the common edition. */
  personal?: OwnChoice
  /** Where it stands in a batch; null when it has a row of its own. */
  place: Place | null
}

/** An order, see editions/personal, and by `CAUSE N` what each of its causes names. */
export type OwnChoice = { order: Buffer; labels: ReadonlyMap<string, string> }

/** A message ready for the wire. */
export type Outgoing = { envelope: Envelope; message: Buffer[] }

/** Makes the message of a claimed delivery; null when it has become pointless, and throws when it cannot be made. */
export type Compose = (delivery: Claimed) => Promise<Outgoing | null>

/**
 * Without angle brackets; the same at every try, so that a mail that came twice shows it (RFC 5322, 3.6.4). Keyed,
 * so that a returned copy proves that it was ours.
 */
export function messageIdOf(
  secrets: Secrets,
  { kind, id, editionId, subscriberId }: Claimed,
  fromDomain: string,
): string {
  const ofEdition = kind === 'edition' && editionId !== null
  const owed = ofEdition ? { editionId, subscriberId, epoch: 0 } : { deliveryId: id }
  return `${kind}.${ownToken(secrets, 'message', owed)}@${fromDomain}`
}
