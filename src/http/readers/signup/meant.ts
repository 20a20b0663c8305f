/** Asks before a mail goes to an address with a slip of the finger in its domain, such as gmail.con. */
import type { FastifyReply } from 'fastify'
import type { Services } from '../../../services.js'
import { checkAddress } from '../../../subscribers/address.js'
import { probablyMeant } from '../../../subscribers/admission/slip.js'
import { typedAddress } from '../../../subscribers/admission/typed-address.js'
import type { Fields } from '../step/request.js'
import { showPage } from '../step/step.js'

export type Meant = { typed: string; meant: string | null }

/** @throws Problem `unprocessable` for an address that is none; whether our relays can send to it is asked later. */
export function meantBy(text: string): Meant {
  const address = checkAddress(typedAddress(text), { eai: true })
  return { typed: address.email, meant: probablyMeant(address) }
}

/** One button for what was probably meant, one for what was typed; what else the form said comes along. */
export function askWhatWasMeant(
  services: Pick<Services, 'config'>,
  reply: FastifyReply,
  { typed, meant }: Meant,
  { email: _email, ...kept }: Fields,
): FastifyReply {
  return showPage(services, reply, 'pages/reader/meant.eta', {
    title: 'Is the address right?',
    typed,
    meant,
    kept,
  })
}
