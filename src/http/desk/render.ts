/** Puts a page of the dashboard together and sends it. */
import type { FastifyReply } from 'fastify'
import { renderTemplate } from '../../format/templates.js'
import type { Services } from '../../services.js'
import { assetUrl } from '../server/assets.js'
import { differences } from './parts/differences.js'
import { inProgress } from './parts/progress.js'
import * as words from './parts/readable.js'

/** @param template - of `templates/pages/admin`, without its ending. */
export function sendPage(
  services: Services,
  reply: FastifyReply,
  template: string,
  data: object,
): FastifyReply {
  const { publication } = services.config
  const page = {
    ...data,
    ...words,
    inProgress,
    differences,
    publication,
    asset: assetUrl,
    now: services.clock.now(),
  }
  return reply.type('text/html; charset=utf-8').send(renderTemplate(`pages/admin/${template}.eta`, page))
}
