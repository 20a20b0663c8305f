/** What the buttons of the preferences do. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../../errors.js'
import type { Services } from '../../../services.js'
import { signOutEverywhere } from '../../../subscribers/preferences/sign-out.js'
import { requestChange } from '../../../subscribers/preferences/change-address.js'
import type { Evidence } from '../../../subscribers/evidence.js'
import { eraseSubscriber } from '../../../subscribers/leaving/erase.js'
import { resubscribe, unsubscribe } from '../../../subscribers/leaving/leave.js'
import {
  type Reader,
  readPreferences,
  savePreferences,
} from '../../../subscribers/preferences/preferences.js'
import { problemKinds } from '../../contract/problem.js'
import { evenOut } from '../signup/even-out.js'
import { meantBy } from '../signup/meant.js'
import { formOf, wishesOf } from './preferences-form.js'
import { evidenceIn, type Fields, fieldsOf } from '../step/request.js'
import { closeSession } from '../session/session.js'
import { showPage, showStep, type Step } from '../step/step.js'

/** Does what the form asks for, and answers with the page as it is then. */
export async function actOn(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  id: number,
): Promise<FastifyReply> {
  const fields = fieldsOf(request)
  const reader = await readPreferences(services.db, id)
  if (!reader || (fields['action'] === 'erase' && fields['sure'] === 'yes')) {
    await eraseSubscriber(services, id)
    closeSession(services, reply)
    return showStep(services, reply, erased)
  }
  try {
    if (fields['action'] === 'sign-out') {
      await services.db.transaction('request', (tx) =>
        signOutEverywhere(tx, services.clock, id, evidenceIn(request)),
      )
      closeSession(services, reply)
      return showStep(services, reply, signedOut)
    }
    const told = await act(services, request, id, reader, fields)
    const now = (await readPreferences(services.db, id)) ?? reader
    return show(services, reply, formOf(services, now, told))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter)
    const tried = { ...reader, ...wishesOf(fields, reader) }
    const newAddress = fields['action'] === 'change-address' ? (fields['email'] ?? '') : ''
    const form = formOf(services, tried, { fault: error.message, newAddress })
    return show(services, reply, form, problemKinds[error.code].status)
  }
}

async function act(services: Services, request: FastifyRequest, id: number, reader: Reader, fields: Fields) {
  const evidence = evidenceIn(request)
  const { db, clock } = services
  switch (fields['action']) {
    case 'change-address':
      return askForMove(services, id, fields, evidence)
    case 'unsubscribe':
      await db.transaction('request', (tx) => unsubscribe(tx, clock, id, evidence))
      return {}
    case 'resubscribe':
      if (await db.transaction('request', (tx) => resubscribe(tx, clock, id, evidence))) return {}
      throw new Problem('gone', tooLate)
    case 'erase':
      throw new Problem('unprocessable', 'Please tick the box that says that you mean it.')
    default:
      await db.transaction('request', (tx) =>
        savePreferences(tx, clock, id, wishesOf(fields, reader), evidence),
      )
      return { saved: true }
  }
}

/** Asks first about a mistyped address; takes alike long for one that is known and one that is not. */
async function askForMove(services: Services, id: number, { email = '', sure }: Fields, evidence: Evidence) {
  const { typed, meant } = meantBy(email)
  if (meant && sure !== typed) return { meant, newAddress: typed }
  await evenOut(() => requestChange(services, id, email, evidence))
  return { asked: true }
}

function show(services: Services, reply: FastifyReply, form: ReturnType<typeof formOf>, status = 200) {
  return showPage(services, reply, 'pages/reader/preferences.eta', form, status)
}

const tooLate = 'A click brings a subscription back for a day after leaving. Later it takes a new sign-up.'

const signedOut: Step = {
  heading: 'Everything is signed out',
  paragraphs: [
    'No link that was mailed before now opens your preferences any more, here or elsewhere. Your mail comes as before, and every link to leave still works.',
    'Give your address, and a fresh link comes to it.',
  ],
  signup: 'link',
}

const erased: Step = {
  heading: 'All of it is erased',
  paragraphs: [
    'Your address and everything kept with it is gone. What remains is a scrambled mark from which nobody can read the address; it only keeps it from being added again.',
  ],
}
