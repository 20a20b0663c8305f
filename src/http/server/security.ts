/** The security headers of every answer: own files only, no inline script, no framing by others. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'
import helmet, { type HelmetOptions } from 'helmet'
import type { Config } from '../../config/config.js'

/** A policy of directives, see helmet's `contentSecurityPolicy`. */
type ContentPolicy = Exclude<HelmetOptions['contentSecurityPolicy'], boolean | undefined>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** In place of the policy of the other routes. */
    contentSecurityPolicy?: ContentPolicy
  }
}

/** What helmet says is asked for once for each policy: it is the same for every answer. */
export function secureAnswers(app: FastifyInstance, config: Config): void {
  const others = otherHeaders(config)
  const usual = headersOf({ ...others, contentSecurityPolicy: usualPolicy(config) })
  const own = new Map<ContentPolicy, Headers>()
  app.addHook('onRoute', ({ config: { contentSecurityPolicy: policy } = {} }) => {
    if (policy) own.set(policy, headersOf({ ...others, contentSecurityPolicy: policy }))
  })
  app.addHook('onRequest', (request, reply, done) => {
    const policy = request.routeOptions.config.contentSecurityPolicy
    put(reply, (policy && own.get(policy)) ?? usual)
    done()
  })
  // A refusal is a page of the site, whose style sheets a policy made for mail would block.
  app.addHook('onSend', (request, reply, payload, done) => {
    const refused = reply.statusCode >= 400 && request.routeOptions.config.contentSecurityPolicy
    if (refused) put(reply, usual)
    done(null, payload)
  })
}

type Headers = readonly (readonly [name: string, value: string])[]

function put({ raw }: FastifyReply, headers: Headers): void {
  for (const [name, value] of headers) raw.setHeader(name, value)
}

function headersOf(options: HelmetOptions): Headers {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  helmet(options)(response.req, response, (fault) => {
    if (fault) throw fault as Error
  })
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)])
}

const overTls = (config: Config) => config.publicUrl.startsWith('https:')

const usualPolicy = (config: Config): ContentPolicy => ({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'manifest-src': ["'self'"],
    'frame-src': ["'self'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'self'"],
    'base-uri': ["'none'"],
    ...(overTls(config) ? { 'upgrade-insecure-requests': [] } : {}),
  },
})

const otherHeaders = (config: Config): HelmetOptions => ({
  // Without TLS in front, a browser told to insist on TLS would be locked out.
  strictTransportSecurity: overTls(config) ? { maxAge: 31_536_000 } : false,
  // Links in mail and on pages carry tokens in their paths: nobody else may see them.
  referrerPolicy: { policy: 'same-origin' },
  crossOriginEmbedderPolicy: false,
  // The sandboxed frame of the outbox has an origin of its own, which browsers complain about.
  originAgentCluster: false,
})
