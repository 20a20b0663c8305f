/** The security headers of every answer: own files only, no inline script, no framing by others. */
import type { FastifyInstance } from 'fastify'
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

/** Policies are written out once each: helmet takes as long over that as over all else that it does. */
export function secureAnswers(app: FastifyInstance, config: Config): void {
  const others = otherHeaders(config)
  const usual = helmet({ ...others, contentSecurityPolicy: usualPolicy(config) })
  const own = new Map<ContentPolicy, typeof usual>()
  app.addHook('onRoute', ({ config: { contentSecurityPolicy: policy } = {} }) => {
    if (policy) own.set(policy, helmet({ ...others, contentSecurityPolicy: policy }))
  })
  app.addHook('onRequest', (request, reply, done) => {
    const policy = request.routeOptions.config.contentSecurityPolicy
    const secure = (policy && own.get(policy)) ?? usual
    secure(request.raw, reply.raw, (fault) => done(fault as Error | undefined))
  })
  // A refusal is a page of the site, whose style sheets a policy made for mail would block.
  app.addHook('onSend', (request, reply, payload, done) => {
    const refused = reply.statusCode >= 400 && request.routeOptions.config.contentSecurityPolicy
    if (!refused) return done(null, payload)
    usual(request.raw, reply.raw, (fault) => (fault ? done(fault as Error) : done(null, payload)))
  })
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
