/** The dashboard at /admin: signing in with a key, and pages that call the operator's API. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { isDay } from '../../clock.js'
import { Problem } from '../../errors.js'
import { renderTemplate } from '../../mail/templates.js'
import type { Services } from '../../services.js'
import { assetUrl } from '../../web/assets.js'
import type { Routes } from '../../web/routes.js'
import { allows } from '../scopes.js'
import { placeOf, Throttle } from '../throttle.js'
import { type KeyHolder, verifyKey } from '../verify-key.js'
import { dashboardPages } from './pages.js'
import { csrfToken, sessionHolder, signIn, signOut } from './session.js'
import * as words from './words.js'

const guesses = { name: 'sign-in', failures: 10, windowSeconds: 60 }
const hidden = { hide: true }

const query = Type.Object({
  q: Type.String({ maxLength: 254, default: '' }),
  status: Type.String({ pattern: '^[a-z]*$', maxLength: 20, default: '' }),
  cursor: Type.String({ maxLength: 1000, default: '' }),
  date: Type.String({ maxLength: 10, default: '' }),
})
const params = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: 2_147_483_647, default: 1 }),
  period: Type.String({ pattern: '^(\\d{4}-(\\d{2}-\\d{2}|W\\d{2}))?$', default: '' }),
})

/** To be registered with the prefix `/admin`. */
export const dashboard: Routes = async (app, { services }) => {
  const throttle = new Throttle(services, guesses)
  await app.register(fastifyStatic, {
    root: dirname(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))),
    prefix: '/chart/',
    decorateReply: false,
    allowedPath: (path) => path === '/uPlot.esm.js' || path === '/uPlot.min.css',
    maxAge: '1d',
  })
  app.addHook('onSend', async (request, reply) => {
    if (!request.url.startsWith('/admin/chart/')) reply.header('cache-control', 'no-store')
  })

  app.get('/sign-in', { schema: hidden }, (_request, reply) =>
    sendPage(services, reply, 'sign-in', { title: 'Sign in', fault: null, holder: null }),
  )

  app.post(
    '/sign-in',
    { schema: { hide: true, body: Type.Object({ key: Type.String({ maxLength: 512 }) }) } },
    async (request, reply) => {
      throttle.requireOpen(placeOf(request.ip))
      const holder = await verifyKey(services, request.body.key.trim())
      if (holder) {
        await signIn(services, reply, holder)
        return reply.redirect('/admin', 303)
      }
      await throttle.fail(placeOf(request.ip))
      services.log.warn({ requestId: request.id }, 'a sign-in was refused')
      reply.code(401)
      return sendPage(services, reply, 'sign-in', {
        title: 'Sign in',
        fault: 'This key is not valid.',
        holder: null,
      })
    },
  )

  app.post('/sign-out', { schema: hidden }, async (request, reply) => {
    await signOut(services, request, reply)
    return reply.redirect('/admin/sign-in', 303)
  })

  for (const page of dashboardPages) {
    app.get(page.path, { schema: { hide: true, querystring: query, params } }, async (request, reply) => {
      const holder = await sessionHolder(services, request)
      if (!holder) return reply.redirect('/admin/sign-in', 303)
      if (!allows(holder.scopes, page.scope)) {
        throw new Problem('forbidden', `Your key does not hold the scope ${page.scope}.`)
      }
      const asked = { ...request.query, ...request.params }
      if (asked.date && !isDay(asked.date)) throw new Problem('invalid', 'This day does not exist.')
      const data = await page.load(services, asked)
      return sendPage(services, reply, page.template, {
        ...pageFrame(services, request, holder),
        ...page,
        ...data,
        asked,
      })
    })
  }
}

const pageFrame = (services: Services, request: FastifyRequest, holder: KeyHolder) => ({
  csrf: csrfToken(services, request),
  holder,
  pages: dashboardPages.filter(({ path, scope }) => !path.includes(':') && allows(holder.scopes, scope)),
})

function sendPage(services: Services, reply: FastifyReply, template: string, data: object): FastifyReply {
  const { publication } = services.config
  const page = { ...data, ...words, publication, asset: assetUrl, now: services.clock.now() }
  return reply.type('text/html; charset=utf-8').send(renderTemplate(`pages/admin/${template}.eta`, page))
}
