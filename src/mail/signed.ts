/** A mailer that signs: nothing passes it without a signature. */
import { messageOf } from '../errors.js'
import type { Mailer } from './mailer.js'
import type { Signer } from './sign.js'

export function signing(mailer: Mailer, signer: Signer): Mailer {
  return {
    ...mailer,
    send: async (envelope, message, haste) => {
      let signature: Buffer
      try {
        signature = await signer.sign(message)
      } catch (error) {
        return { outcome: 'unreached', relay: null, fault: `signing failed: ${messageOf(error)}` }
      }
      return mailer.send(envelope, [signature, ...message], haste)
    },
  }
}
