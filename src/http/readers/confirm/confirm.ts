/** The confirmation link: GET shows a page with one button, POST uses the token. */
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { latestEdition } from '../../../editions/store.js'
import type { Services } from '../../../services.js'
import { confirm, inspectToken } from '../../../subscribers/signup/confirm.js'
import type { Evidence } from '../../../subscribers/evidence.js'
import { readEpoch } from '../../../subscribers/preferences/open-link.js'
import { renewConfirmation } from '../../../subscribers/signup/renew.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { type Around, renewed, stepOfOutcome, stepOfState, tooBusy } from './confirm-steps.js'
import { openSession } from '../session/session.js'
import { busyOf } from '../step/busy.js'
import { consentText } from '../step/consent-text.js'
import { evenOut } from '../signup/even-out.js'
import { evidenceIn, fieldsOf } from '../step/request.js'
import { showStep, type Step } from '../step/step.js'

export const confirmRoutes: Routes = async (app, { services }) => {
  const { db, clock } = services
  const { publication } = services.config
  app.get(
    '/confirm/:token',
    { schema: schemaOf('The page of a confirmation link') },
    async (request, reply) =>
      showStep(
        services,
        reply,
        stepOfState(await inspectToken(db, clock, request.params.token), await lookAround(services)),
      ),
  )
  app.post('/confirm/:token', { schema: schemaOf('Confirm') }, async (request, reply) => {
    const { token } = request.params
    if (fieldsOf(request)['action'] === 'renew') {
      return showStep(
        services,
        reply,
        await renew(services, reply, token, evidenceIn(request, consentText(publication))),
      )
    }
    const evidence = evidenceIn(request, consentText(publication))
    const outcome = await db.transaction('request', (tx) => confirm(tx, services, token, evidence))
    if (outcome.outcome === 'confirmed') await openPreferences(services, reply, outcome.subscriberId)
    return showStep(services, reply, stepOfOutcome(outcome, await lookAround(services)))
  })
}

/** So that the page after the click can lead to what a reader may wish. */
async function openPreferences(services: Services, reply: FastifyReply, id: number): Promise<void> {
  const epoch = await readEpoch(services.db, id)
  if (epoch !== null) openSession(services, reply, { id, epoch })
}

async function lookAround({ config, db }: Pick<Services, 'config' | 'db'>): Promise<Around> {
  return { publication: config.publication, edition: (await latestEdition(db, 'daily')) !== null }
}

async function renew(
  services: Services,
  reply: FastifyReply,
  token: string,
  evidence: Evidence,
): Promise<Step> {
  const refused = await evenOut(() => busyOf(renewConfirmation(services, token, evidence), reply))
  return refused ? tooBusy : renewed
}

const schemaOf = (summary: string) => ({
  summary,
  description: 'GET and HEAD change nothing. A POST confirms; with `action=renew` it asks for a new mail.',
  tags: ['pages'],
  params: Type.Object({ token: Type.String({ maxLength: 200 }) }),
  response: {
    200: htmlAnswer('The page'),
    ...pageProblems('not-found', 'gone', 'conflict', 'too-many-requests'),
  },
})
