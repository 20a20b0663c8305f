/** What was mailed, shown only while mail goes to files and not to readers. */
import { Type } from 'typebox'
import { Problem } from '../../../errors.js'
import { listOutbox, type OutboxMail, readOutbox } from '../../../mail/outbox.js'
import { renderPage } from '../../server/page.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems, textAnswer } from '../../contract/schemas.js'

const mostShown = 200
const html = 'text/html; charset=utf-8'

/** Register it only without MAIL_URL: these pages show addresses and working links. */
export const outboxRoutes: Routes = async (app, { services }) => {
  const { dataDir } = services.config

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  async function mailNamed(name: string): Promise<OutboxMail> {
    const mail = await readOutbox(dataDir, name)
    if (!mail) throw new Problem('not-found', 'There is no such mail in the outbox.')
    return mail
  }

  app.get('/outbox', { schema: listSchema }, async (_request, reply) => {
    const mails = await listOutbox(dataDir, mostShown)
    const page = { title: 'Outbox', path: '', noindex: true, mails: mails.map(shown), most: mostShown }
    return reply.type(html).send(renderPage(services, 'pages/outbox.eta', page))
  })

  app.get('/outbox/:file', { schema: mailSchema }, async (request, reply) => {
    const mail = await mailNamed(request.params.file)
    const page = {
      title: mail.subject || 'Mail',
      path: '',
      noindex: true,
      width: 'wide' as const,
      mail: shown(mail),
    }
    return reply.type(html).send(renderPage(services, 'pages/outbox-mail.eta', page))
  })

  // The frame has no origin and runs nothing: what was mailed can't reach this site.
  app.get(
    '/outbox/:file/html',
    { schema: frameSchema, config: { contentSecurityPolicy: framePolicy } },
    async (request, reply) => reply.type(html).send((await mailNamed(request.params.file)).html),
  )

  app.get('/outbox/:file/raw', { schema: rawSchema }, async (request, reply) =>
    reply.type('text/plain; charset=utf-8').send((await mailNamed(request.params.file)).raw),
  )
}

const framePolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'style-src': ["'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'https:'],
    'frame-ancestors': ["'self'"],
    sandbox: ['allow-popups', 'allow-popups-to-escape-sandbox', 'allow-top-navigation-by-user-activation'],
  },
}

function shown(mail: OutboxMail) {
  const at = new Date(mail.date)
  const date = Number.isNaN(at.getTime())
    ? mail.date
    : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const headers = mail.raw.split('\r\n\r\n')[0] ?? ''
  return { ...mail, path: `/outbox/${encodeURIComponent(mail.name)}`, date, headers }
}

const params = Type.Object({
  file: Type.String({ maxLength: 100, examples: ['20260806T060000000Z-1-0000001.eml'] }),
})
const tags = ['pages']

const listSchema = {
  summary: 'What was mailed to files',
  description: 'Only while MAIL_URL is unset.',
  tags,
  response: { 200: htmlAnswer('The newest mails'), ...pageProblems() },
}
const mailSchema = {
  summary: 'One mail as it was sent',
  tags,
  params,
  response: { 200: htmlAnswer('The mail'), ...pageProblems('not-found') },
}
const frameSchema = {
  summary: 'The HTML of a mail',
  tags,
  params,
  response: { 200: htmlAnswer('As a mail program would show it'), ...pageProblems('not-found') },
}
const rawSchema = {
  summary: 'The source of a mail',
  tags,
  params,
  response: { 200: textAnswer('text/plain', 'RFC 5322'), ...pageProblems('not-found') },
}
