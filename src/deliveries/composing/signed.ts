/** Messages are signed where they are composed, so that all that sends them is sent signed. */
import { messageOf } from '../../errors.js'
import type { Signer } from '../../mail/dkim/sign.js'
import type { Compose } from '../ledger/delivery.js'

/** The message is whole and could not be signed: no fault of its row, which is tried again. */
export class SigningError extends Error {
  override readonly name = 'SigningError'
}

/** @param signer - null where there are no keys. */
export function signed(compose: Compose, signer: Signer | null): Compose {
  if (!signer) return compose
  return async (delivery) => {
    const outgoing = await compose(delivery)
    if (!outgoing) return null
    const { message } = outgoing
    try {
      return { ...outgoing, message: [await signer.sign(message), ...message] }
    } catch (error) {
      throw new SigningError(`signing failed: ${messageOf(error)}`, { cause: error })
    }
  }
}
