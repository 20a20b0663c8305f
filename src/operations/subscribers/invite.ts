/** Asks an address for its consent because an operator says so, as the sign-up form would. */
import { evidenceOf } from '../../subscribers/evidence.js'
import { type SignupRequest, subscribe } from '../../subscribers/signup/subscribe.js'
import { type Author, writeAudit } from '../audit.js'

/** Comes to the same for every address, whether it is known or not. */
export async function inviteSubscriber(
  services: Parameters<typeof subscribe>[0],
  input: SignupRequest,
  author: Author,
): Promise<void> {
  // What sign-ups share is written in batches of their own: the log says what was asked for.
  const evidence = evidenceOf(null, undefined, `added by ${author.who}`)
  await subscribe(services, input, evidence, null, 'operator')
  const logged = { action: 'subscriber.invited', target: 'subscriber', after: { source: input.source } }
  await services.db.transaction(null, (tx) => writeAudit(tx, services.clock, author, logged))
}
