/** The archive of editions, and each one as it was mailed. */
import { Type } from 'typebox'
import { decodeCursor, pageOf } from '../../../format/cursor.js'
import { isDay, type Day } from '../../../clock.js'
import { editionAsPage } from '../../../editions/compiling/page.js'
import type { ShownPaper } from '../../../editions/edition.js'
import { dateline } from '../../../editions/choosing/period.js'
import { neighbourEditions } from '../../../editions/neighbours.js'
import { type Edition, listEditions, readCompiled } from '../../../editions/store.js'
import { Problem } from '../../../errors.js'
import { counted } from '../../../format/readable.js'
import type { Services } from '../../../services.js'
import { dark, fonts, light, measure } from '../../../format/palette.js'
import { renderTemplate } from '../../../format/templates.js'
import { escapeHtml } from '../../../format/text/escape-html.js'
import { assetUrl } from '../../server/assets.js'
import { cardPath } from '../cards/card-of.js'
import { renderPage } from '../../server/page.js'
import { stampOf } from '../../readers/signup/stamp.js'
import { shareOf } from './share.js'
import { publishedEdition } from '../queries/published.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems, unchanged } from '../../contract/schemas.js'

const pageSize = 40

export const editionPages: Routes = async (app, { services }) => {
  const { pages } = app

  app.get('/editions', { schema: listSchema }, (request, reply) => {
    const { cursor } = request.query
    const after = cursor === undefined ? undefined : editionMark(cursor)
    return pages.send(request, reply, () => archivePage(services, after))
  })

  // The mail brings its styles along, in its elements too; it runs nothing and loads nothing.
  app.get(
    '/editions/:period',
    { schema: oneSchema, config: { contentSecurityPolicy: editionPolicy } },
    (request, reply) => pages.send(request, reply, () => editionPage(services, request.params.period)),
  )
}

export const mailPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'style-src': ["'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'form-action': ["'none'"],
    'frame-ancestors': ["'self'"],
    'base-uri': ["'none'"],
  },
}

/** The page of an edition has the sign-up besides. */
const editionPolicy = {
  ...mailPolicy,
  directives: { ...mailPolicy.directives, 'form-action': ["'self'"] },
}

type Mark = { day: Day; id: number }

/** @throws Problem `invalid` for a cursor that is not ours. */
export function editionMark(cursor: string): Mark {
  const [day = '', id] = decodeCursor(cursor, 'text', 'int')
  if (isDay(day)) return { day, id: Number(id) }
  throw new Problem('invalid', 'This cursor is not one of ours.')
}

async function archivePage(services: Pick<Services, 'config' | 'db'>, after?: Mark): Promise<string> {
  const filter = { published: true, limit: pageSize + 1, ...(after ? { after } : {}) }
  const editions = await listEditions(services.db, filter)
  const { items, next } = pageOf(editions, pageSize, ({ day, id }) => [day, id])
  return renderPage(services, 'pages/editions.eta', {
    title: 'Editions',
    description: `Every edition of ${services.config.publication}, as it was mailed.`,
    path: '/editions',
    noindex: after !== undefined,
    editions: items.map(rowOf),
    older: next && `/editions?cursor=${next}`,
  })
}

function rowOf(edition: Edition) {
  const [first, ...others] = edition.papers ?? []
  return {
    path: `/editions/${edition.period}`,
    dateline: dateline(edition.kind, edition.day),
    number: edition.number?.toLocaleString('en-US') ?? null,
    weekly: edition.kind === 'weekly',
    firstHtml: first ? titleOf(first) : '',
    othersHtml: others.slice(0, 2).map(titleOf),
    count: counted(edition.papers?.length ?? 0, 'paper'),
  }
}

const titleOf = ({ html, title }: ShownPaper) => html?.title ?? escapeHtml(title)

async function editionPage(
  services: Pick<Services, 'config' | 'db' | 'clock' | 'secrets'>,
  period: string,
): Promise<string> {
  const edition = await publishedEdition(services.db, period)
  const compiled = await readCompiled(services.db, edition.id)
  if (!compiled) throw new Problem('not-found', 'This edition was never compiled.')
  const { publicUrl, publication } = services.config
  const titles = (edition.papers ?? []).slice(0, 3).map(({ title }) => title)
  const { previous, next } = await neighbourEditions(services.db, edition)
  const name = `${publication}, ${dateline(edition.kind, edition.day)}`
  const share = shareOf(services.config, name, `/editions/${edition.period}`)
  const about = {
    publication,
    share,
    light,
    dark,
    fonts,
    measure,
    description: `${name}: ${titles.join('; ')}`,
    url: share.url,
    icon: assetUrl('icon.svg'),
    title: name,
    card: publicUrl + (cardPath(services.config, `/editions/${edition.period}`) ?? assetUrl('card.png')),
    stamp: stampOf(services),
    previous: previous && { ...previous, label: dateline(edition.kind, previous.day) },
    next: next && { ...next, label: dateline(edition.kind, next.day) },
  }
  return editionAsPage(compiled, publicUrl, {
    head: renderTemplate('pages/parts/edition-head.eta', about),
    top: renderTemplate('pages/parts/edition-top.eta', about),
    foot: renderTemplate('pages/parts/edition-foot.eta', about),
  })
}

const listSchema = {
  summary: 'The archive of editions',
  tags: ['pages'],
  querystring: Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 200 })) }),
  response: { 200: htmlAnswer('The archive'), 304: unchanged, ...pageProblems() },
}

const oneSchema = {
  summary: 'An edition as it was mailed',
  tags: ['pages'],
  params: Type.Object({
    period: Type.String({ maxLength: 20, description: 'A day, or an ISO week', examples: ['2026-08-05'] }),
  }),
  response: { 200: htmlAnswer('The mail as a page'), 304: unchanged, ...pageProblems('not-found') },
}
