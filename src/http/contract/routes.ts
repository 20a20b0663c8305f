/** What a group of routes is: a Fastify plugin with schemas by TypeBox, given the services. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../services.js'

export type Routes = FastifyPluginAsyncTypebox<{ services: Services }>
