/** The preferences: a signed link is exchanged for a short cookie, under which readers change what they like. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../../services.js'
import { openLink } from '../../../subscribers/preferences/open-link.js'
import { readOwnData } from '../../../subscribers/preferences/own-data.js'
import { readPreferences } from '../../../subscribers/preferences/preferences.js'
import { renewPreferencesLink } from '../../../subscribers/signup/renew.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { actOn } from './preferences-actions.js'
import { formOf } from './preferences-form.js'
import { tooBusy } from '../confirm/confirm-steps.js'
import { evenOut } from '../signup/even-out.js'
import { evidenceIn, fieldsOf } from '../step/request.js'
import { busyOf } from '../step/busy.js'
import { closed } from '../session/closed.js'
import { isForeign, openSession, sessionOf } from '../session/session.js'
import { showPage, showStep, type Step } from '../step/step.js'

export const preferencesRoutes: Routes = async (app, { services }) => {
  app.addHook('preHandler', async (request, reply) => {
    const foreign = request.method === 'POST' && isForeign(services, request)
    return foreign ? showStep(services, reply, closed) : undefined
  })
  app.get('/preferences', { schema: schemaOf('The preferences') }, async (request, reply) => {
    const id = await sessionOf(services, request)
    return id === null ? showStep(services, reply, closed) : showPreferences(services, reply, id)
  })
  app.get('/preferences/data', { schema: dataSchema }, async (request, reply) => {
    const id = await sessionOf(services, request)
    const data = id === null ? null : await readOwnData(services.db, id)
    if (!data) return showStep(services, reply, closed)
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="my-data.json"')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(data, null, 2))
  })
  app.post('/preferences', { schema: schemaOf('Change the preferences') }, async (request, reply) => {
    const id = await sessionOf(services, request)
    return id === null ? showStep(services, reply, closed) : actOn(services, request, reply, id)
  })
  app.get(
    '/preferences/:token',
    { schema: linkSchema('The link to the preferences') },
    async (request, reply) => {
      const link = await openLink(services, 'preferences', request.params.token)
      if (link.state === 'unknown') return showStep(services, reply, unknown)
      if (link.state === 'ended') return showStep(services, reply, ended)
      if (link.state === 'expired') return showStep(services, reply, expired)
      openSession(services, reply, link.reader)
      return reply.header('cache-control', 'no-store').redirect('/preferences', 303)
    },
  )
  app.post(
    '/preferences/:token',
    { schema: linkSchema('Change the preferences') },
    async (request, reply) => {
      const link = await openLink(services, 'preferences', request.params.token)
      if (link.state === 'unknown') return showStep(services, reply, unknown)
      if (link.state === 'ended') return showStep(services, reply, ended)
      if (fieldsOf(request)['action'] === 'renew') {
        return showStep(
          services,
          reply,
          await renew(services, request, reply, link.state === 'valid' ? link.reader.id : link.subscriberId),
        )
      }
      if (link.state === 'expired') return showStep(services, reply, expired)
      openSession(services, reply, link.reader)
      return actOn(services, request, reply, link.reader.id)
    },
  )
}

async function renew(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  id: number,
): Promise<Step> {
  const evidence = evidenceIn(request)
  const refused = await evenOut(() => busyOf(renewPreferencesLink(services, id, evidence), reply))
  return refused ? tooBusy : renewed
}

async function showPreferences(services: Services, reply: FastifyReply, id: number): Promise<FastifyReply> {
  const reader = await readPreferences(services.db, id)
  if (!reader) return showStep(services, reply, closed)
  return showPage(services, reply, 'pages/reader/preferences.eta', formOf(services, reader))
}

const description =
  'GET and HEAD change nothing. A link is exchanged for a cookie of half an hour. POST: `action` is save (default), change-address, unsubscribe, resubscribe, sign-out, erase, or, with an expired link, renew.'

const schemaOf = (summary: string) => ({
  summary,
  description,
  tags: ['pages'],
  response: {
    200: htmlAnswer('The page'),
    303: htmlAnswer('Saved: look at the page'),
    ...pageProblems('unauthorized', 'gone', 'unprocessable', 'too-many-requests'),
  },
})

const linkSchema = (summary: string) => ({
  summary,
  description,
  tags: ['pages'],
  params: Type.Object({ token: Type.String({ maxLength: 200 }) }),
  response: {
    200: htmlAnswer('The page'),
    303: htmlAnswer('To the preferences, with a cookie'),
    ...pageProblems('not-found', 'gone', 'unprocessable', 'too-many-requests'),
  },
})

const dataSchema = {
  summary: 'All that is kept about the reader',
  tags: ['pages'],
  response: {
    200: {
      description: 'The data',
      content: { 'application/json': { schema: Type.String(), example: '{"email": "ada@example.org"}' } },
    },
    ...pageProblems('unauthorized'),
  },
}

const expired: Step = {
  status: 410,
  heading: 'This link has expired',
  paragraphs: ['Links to the preferences work for thirty days. A fresh one comes by mail.'],
  press: { label: 'Mail me a fresh link', fields: { action: 'renew' } },
}

const renewed: Step = {
  heading: 'Check your inbox',
  paragraphs: ['A mail with a fresh link is on its way, unless one was sent within the last hour.'],
}

const ended: Step = {
  status: 410,
  heading: 'This link no longer opens your preferences',
  paragraphs: [
    'Since it was mailed, the subscription has moved to another address, or everything was signed out. The newest mail has a link that works.',
    'No newer mail at hand? Give your address, and one with a link comes to you.',
  ],
  signup: 'link',
}

const unknown: Step = {
  status: 404,
  heading: 'This link is not one of ours',
  paragraphs: [
    'Perhaps a mail program cut it in two: open it from the mail once more, or copy it whole. Otherwise give your address, and a mail with a link comes to you.',
  ],
  signup: 'link',
}
