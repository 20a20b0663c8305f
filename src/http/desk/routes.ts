/** The dashboard at /admin: signing in with a key, and pages that call the operator's API. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { isDay } from '../../clock.js'
import { Problem } from '../../errors.js'
import { originOf } from '../server/own-origin.js'
import type { Services } from '../../services.js'
import { problemKinds, type Refusal, refusalOf } from '../contract/problem.js'
import type { Routes } from '../contract/routes.js'
import { withoutPrivateValues } from '../admin/guard/private-values.js'
import { allows, type Scope } from '../../operations/keys/scopes.js'
import { placesOf, Throttle } from '../admin/guard/wrong-keys.js'
import { type KeyHolder, verifyKey } from '../admin/guard/verify-key.js'
import { pageParams, pageQuery } from './parts/page.js'
import { askToSignIn, pageOfDesk } from './goal.js'
import { dashboardPages } from './pages.js'
import { shortcuts } from './parts/shortcuts.js'
import { sendPage } from './render.js'
import { csrfToken, sessionHolder, signIn, signOut } from '../admin/guard/desk-session.js'

const guesses = { name: 'sign-in', failures: 10, windowSeconds: 60 }
const hidden = { hide: true }

/** To be registered with the prefix `/admin`. */
export const dashboard: Routes = async (app, { services }) => {
  await serveFiles(app)
  requireOwnOrigin(app, services)
  signing(app, services)
  answerInStyle(app, services)

  for (const page of dashboardPages) {
    const schema = { hide: true, querystring: pageQuery, params: pageParams }
    app.get(page.path, { schema }, async (request, reply) => {
      const holder = await sessionHolder(services, request)
      if (!holder) return askToSignIn(services, request, reply)
      if (!allows(holder.scopes, page.scope)) {
        throw new Problem('forbidden', `Your key does not hold the scope ${page.scope}.`)
      }
      const asked = { ...request.query, ...request.params }
      if (asked.date && !isDay(asked.date)) throw new Problem('invalid', 'This day does not exist.')
      const frame = frameOf(services, request, holder)
      const { load, template, path, ...facts } = page
      const author = { who: `key:${holder.id}`, why: null, requestId: request.id }
      const loaded = await load(services, asked, frame.may, author)
      const data = withoutPrivateValues(loaded, holder.scopes)
      return sendPage(services, reply, template, {
        ...frame,
        ...facts,
        here: page.within ?? path,
        ...data,
        asked,
      })
    })
  }
}

const goal = Type.String({ maxLength: 2000, default: '' })

/**
 * What a page of somebody else's makes a browser send is refused. Browsers name the origin of every POST, so that
 * one without comes from no page at all.
 */
function requireOwnOrigin(app: FastifyInstance, { config }: Services): void {
  app.addHook('onRequest', async (request) => {
    if (request.method === 'POST' && originOf(config, request) !== 'own') {
      throw new Problem('forbidden', 'This came from another site, or does not say where from: send Origin.')
    }
  })
}

/** Scripts and styles of the desk, asked for anew each time, so that no two of them are of different ages. */
async function serveFiles(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: fileURLToPath(new URL('../../../templates/assets/desk/', import.meta.url)),
    prefix: '/files/',
    decorateReply: false,
    index: false,
  })
  await app.register(fastifyStatic, {
    root: dirname(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))),
    prefix: '/chart/',
    decorateReply: false,
    allowedPath: (path) => path === '/uPlot.esm.js' || path === '/uPlot.min.css',
    maxAge: '1d',
  })
  app.addHook('onSend', async (request, reply) => {
    if (!/^\/admin\/(chart|files)\//.test(request.url)) reply.header('cache-control', 'no-store')
  })
}

const signing: (app: Parameters<Routes>[0], services: Services) => void = (app, services) => {
  const throttle = new Throttle(services, guesses)
  const title = 'Sign in'

  app.get('/sign-in', { schema: { hide: true, querystring: Type.Object({ to: goal }) } }, (request, reply) =>
    sendPage(services, reply, 'sign-in', {
      title,
      fault: null,
      holder: null,
      to: pageOfDesk(request.query.to),
    }),
  )

  app.post(
    '/sign-in',
    { schema: { hide: true, body: Type.Object({ key: Type.String({ maxLength: 512 }), to: goal }) } },
    async (request, reply) => {
      const holder = await verifyKey(services, request.body.key.trim())
      if (holder) {
        await signIn(services, reply, holder)
        return reply.redirect(pageOfDesk(request.body.to), 303)
      }
      const places = placesOf(request.ip)
      throttle.requireOpen(places)
      await throttle.fail(places)
      services.log.warn({ requestId: request.id }, 'a sign-in was refused')
      reply.code(401)
      return sendPage(services, reply, 'sign-in', {
        title,
        fault: 'This key is not valid.',
        holder: null,
        to: pageOfDesk(request.body.to),
      })
    },
  )

  app.post('/sign-out', { schema: hidden }, async (request, reply) => {
    await signOut(services, request, reply)
    return reply.redirect('/admin/sign-in', 303)
  })
}

/** Refusals look like the desk, with its sections, so that one wrong address does not lead out of it. */
function answerInStyle(app: FastifyInstance, services: Services): void {
  const refuse = async (request: FastifyRequest, refusal: Refusal) => {
    const holder = await sessionHolder(services, request).catch(() => undefined)
    const { status, title } = problemKinds[refusal.code]
    const frame = holder ? frameOf(services, request, holder) : { holder: null }
    return { status, page: { ...frame, title, detail: refusal.detail, requestId: request.id, here: null } }
  }
  app.setErrorHandler(async (error, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.code === 'internal') {
      request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed')
    }
    if (refusal.retryAfter !== undefined) reply.header('retry-after', Math.ceil(refusal.retryAfter))
    const { status, page } = await refuse(request, refusal)
    return sendPage(services, reply.code(status), 'problem', page)
  })
  app.setNotFoundHandler(async (request, reply) => {
    const { status, page } = await refuse(request, { code: 'not-found' })
    return sendPage(services, reply.code(status), 'problem', page)
  })
}

function frameOf(services: Services, request: FastifyRequest, holder: KeyHolder) {
  const may = (scope: Scope) => allows(holder.scopes, scope)
  return {
    csrf: csrfToken(services, request),
    holder,
    may,
    sections: dashboardPages
      .filter(({ within, scope }) => !within && may(scope))
      .map((page) => ({ ...page, key: shortcuts[page.path] })),
  }
}
