/** A mailer that signs: nothing passes it without a signature. */
import { messageOf } from '../../errors.js'
import type { Attempted, Mailer, Handling } from '../mailer/mailer.js'
import type { Signer } from './sign.js'

export function signing(mailer: Mailer, signer: Signer): Mailer {
  const signed = async (message: Buffer[]): Promise<Buffer[]> => [await signer.sign(message), ...message]

  const signingNext = ({ next, ...handling }: Handling): Handling => ({
    ...handling,
    ...(next && {
      next: async () => {
        const follower = await next()
        if (!follower) return null
        try {
          const message = await signed(follower.message)
          return { ...follower, message, handling: signingNext(follower.handling) }
        } catch (error) {
          follower.done(unsigned(error))
          return null
        }
      },
    }),
  })

  return {
    ...mailer,
    send: async (envelope, message, handling = {}) => {
      let whole: Buffer[]
      try {
        whole = await signed(message)
      } catch (error) {
        return unsigned(error)
      }
      return mailer.send(envelope, whole, signingNext(handling))
    },
  }
}

function unsigned(error: unknown): Attempted {
  return { outcome: 'unreached', relay: null, fault: `signing failed: ${messageOf(error)}` }
}
