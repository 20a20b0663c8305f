/** The addresses of ours that a mail names: where it comes back to, and where its reader leaves by mail. */
import type { Config } from '../../config/config.js'
import type { Secrets } from '../../config/secrets.js'
import { nobody, type Claimed } from '../ledger/delivery.js'
import { type OwedMail, ownToken, taggedAddress } from '../returns/return-path.js'

type Needs = { config: Pick<Config, 'mailFrom' | 'returnAddress'>; secrets: Secrets }
type Mail = Pick<Claimed, 'id' | 'kind' | 'editionId' | 'subscriberId' | 'epoch'>

/** The local part of the address that unsubscribes. */
export const leaveLocal = 'leave'

/** MAIL FROM of a mail: names it by a token where a return address is set, and is the sender elsewhere. */
export function returnAddress({ config, secrets }: Needs, mail: Mail): string {
  const { returnAddress: address, mailFrom } = config
  return address === undefined
    ? mailFrom.address
    : taggedAddress(address, ownToken(secrets, 'bounce', owedOf(mail)))
}

/** Undefined where nothing is taken in by mail, or the mail goes to no reader. */
export function leaveAddress({ config, secrets }: Needs, mail: Mail): string | undefined {
  const { returnAddress: address } = config
  if (address === undefined || mail.subscriberId === nobody || mail.epoch === null) return undefined
  return taggedAddress(address, ownToken(secrets, 'leave', owedOf(mail)), leaveLocal)
}

/** An edition's mail by edition and reader, since its place in the ledger may have no row. */
function owedOf({ id, kind, editionId, subscriberId, epoch }: Mail): OwedMail {
  return kind === 'edition' && editionId !== null
    ? { editionId, subscriberId, epoch: epoch ?? 0 }
    : { deliveryId: id }
}
