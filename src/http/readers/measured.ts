/** Links of mails whose clicks are measured: each leads to its one target, whatever is written down of it. */
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { editionLinks } from '../../deliveries/measuring/edition-links.js'
import { hiddenLink, opening, pictureName } from '../../deliveries/measuring/links.js'
import { recordHit } from '../../deliveries/measuring/record.js'
import { readToken } from '../../deliveries/returns/return-path.js'
import { readEditionById } from '../../editions/store.js'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import type { Routes } from '../contract/routes.js'
import { pageProblems } from '../contract/schemas.js'
import { mayNotBeMeasured } from './step/request.js'

/** A transparent pixel. */
const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** Editions whose links are kept; what is frozen stays. */
const editionsKept = 16

export const measuredRoutes: Routes = async (app, { services }) => {
  const targetOf = openTargets(services)
  app.get(
    '/l/:token/:link',
    {
      schema: {
        summary: 'A link of a mail, or its picture',
        description:
          'Goes to the one page that the mail named, and is measured as far as `MEASURE` says; not with `DNT: 1` or `Sec-GPC: 1`, nor for readers who asked not to be.',
        tags: ['pages'],
        params: Type.Object({
          token: Type.String({ maxLength: 100 }),
          link: Type.String({ pattern: `^(0|[1-9]\\d{0,3}|${pictureName.replace('.', '\\.')})$` }),
        }),
        response: { ...pageProblems('not-found') },
      },
    },
    async (request, reply) => {
      const { token, link: named } = request.params
      const mail = readToken(services.secrets, 'measure', token)
      if (!mail || !('editionId' in mail)) throw new Problem('not-found', 'This link is none of ours.')
      const link = named === pictureName ? opening : Number(named)
      const { target, known } =
        link === opening ? { target: null, known: true } : await targetOf(mail.editionId, link)
      // A number that is no link of the mail leads somewhere, and is no row.
      if (known) await measure(services, request, mail, link)
      reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex')
      return target === null ? reply.type('image/gif').send(picture) : reply.redirect(target, 302)
    },
  )
}

/** Whatever fails here, the reader gets where they want to go. */
async function measure(
  { config, db, clock, log }: Services,
  request: FastifyRequest,
  mail: { editionId: number; subscriberId: number },
  link: number,
): Promise<void> {
  const wanted = link === opening ? config.measure.opens : config.measure.clicks
  if (!wanted || mayNotBeMeasured(request)) return
  const { headers, method, ip } = request
  const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].flatMap((name) => headers[name] ?? [])
  try {
    await recordHit(db, mail, link, { method, userAgent: headers['user-agent'], purposes, ip }, clock.now())
  } catch (error) {
    log.warn({ err: error, edition: mail.editionId }, 'what was measured could not be kept')
  }
}

/** Where a link leads, and whether the mail has it. */
type Target = { target: string; known: boolean }

function openTargets({ db, config }: Services): (editionId: number, link: number) => Promise<Target> {
  const kept = new Map<number, Promise<string[]>>()
  const linksOf = (editionId: number): Promise<string[]> => {
    const known = kept.get(editionId)
    if (known) return known
    const read = editionLinks(db, editionId)
    read.catch(() => kept.delete(editionId))
    kept.set(editionId, read)
    if (kept.size > editionsKept) kept.delete(kept.keys().next().value as number)
    return read
  }
  return async (editionId, link) => {
    const target = link === hiddenLink ? undefined : (await linksOf(editionId))[link - 1]
    if (target !== undefined) return { target, known: true }
    // What personal editions were made from is not kept for good.
    const edition = await readEditionById(db, editionId)
    const instead = edition ? `${config.publicUrl}/editions/${edition.period}` : config.publicUrl
    return { target: instead, known: link === hiddenLink }
  }
}
