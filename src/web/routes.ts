/** What a group of routes is: a Fastify plugin with schemas by TypeBox, and what it is given to work with. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Clock } from '../clock.js'
import type { Config } from '../config.js'
import type { Secrets } from '../config/secrets.js'
import type { Db } from '../db/client.js'
import type { Log } from '../log.js'

/** The part of the services that requests are answered with. */
export type WebServices = { config: Config; log: Log; clock: Clock; db: Db; secrets: Secrets }

export type Routes = FastifyPluginAsyncTypebox<{ services: WebServices }>
