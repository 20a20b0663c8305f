/** The OpenAPI 3.1 document made from the schemas of the routes, and its human-readable page. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../services.js'
import { withExamples } from './openapi-examples.js'
import { problems } from './schemas.js'

/** Must be registered before the routes that it describes. */
export async function describeApi(app: FastifyInstance, services: Services): Promise<void> {
  const { publication, publicUrl } = services.config
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: publication, version: '1', description },
      servers: [{ url: publicUrl }],
      tags,
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'dp_…' } } },
    },
    transformObject: (document) => withExamples('openapiObject' in document ? document.openapiObject : {}),
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { deepLinking: true },
    uiHooks: {
      // Swagger UI writes styles into its elements; it runs nothing but its own files.
      onRequest: (_request, reply, next) => {
        reply.header('content-security-policy', docsPolicy)
        next()
      },
    },
  })
  app.get('/openapi.json', { schema: documentSchema }, () => app.swagger())
}

const description =
  'Papers, editions and subscriptions. Errors are problem details (RFC 9457); lists page by an opaque cursor; times are RFC 3339 in UTC.'

const docsPolicy =
  "default-src 'none';script-src 'self';style-src 'self' 'unsafe-inline';img-src 'self' data:;connect-src 'self';frame-ancestors 'self';base-uri 'none'"

const tags = [
  { name: 'papers', description: 'What is trending' },
  { name: 'editions', description: 'What was mailed' },
  { name: 'subscribers', description: 'Signing up and leaving' },
  { name: 'pages', description: 'For people, as HTML' },
  { name: 'admin', description: 'The operator’s side; needs a key' },
  { name: 'service', description: 'Health and descriptions of the service itself' },
]

const documentSchema = {
  summary: 'This document',
  tags: ['service'],
  response: {
    200: Type.Object({}, { additionalProperties: true, description: 'OpenAPI 3.1' }),
    ...problems(),
  },
}
