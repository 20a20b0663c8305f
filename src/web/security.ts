/** The security headers of every answer: own files only, no inline script, no framing by others. */
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.js'

/** A route may widen its own policy with the option `helmet` of its definition. */
export async function secureAnswers(app: FastifyInstance, config: Config): Promise<void> {
  const https = config.publicUrl.startsWith('https:')
  await app.register(helmet, {
    contentSecurityPolicy: {
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
        ...(https ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    // Without TLS in front, a browser told to insist on TLS would be locked out.
    strictTransportSecurity: https ? { maxAge: 31_536_000 } : false,
    // Links in mail and on pages carry tokens in their paths: nobody else may see them.
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    // The sandboxed frame of the outbox has an origin of its own, which browsers complain about.
    originAgentCluster: false,
  })
}
