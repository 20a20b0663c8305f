/** Who opens a mail and follows its links, over real SMTP and HTTP: people, machines and unknown are told apart. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { editionReport } from '../../src/deliveries/reports/report.js'
import { countMeasured, type Measured } from '../../src/deliveries/measuring/count.js'
import { sendEdition } from '../../src/deliveries/sender/send-edition.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { secretsOf } from '../../src/config/secrets.js'
import { buildServer } from '../../src/http/server.js'
import { judgeWaiting } from '../../src/inbound/taking/judge.js'
import type { Services } from '../../src/services.js'
import { eraseSubscriber } from '../../src/subscribers/leaving/erase.js'
import { foundPaper, keepPapers } from '../support/kept-papers.js'
import { openMailbox } from '../support/mailbox.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const base = 'http://papers.test'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const oldKey = 'the secret key of last year, long enough for it'
const newKey = 'the secret key of this year, long enough for it'
const readers = 24

type Mail = { links: string[]; hidden: string; picture: string | undefined; mine: string; html: string }

let mailbox: Awaited<ReturnType<typeof openMailbox>>
let services: Services
let app: FastifyInstance
let clock: ReturnType<typeof stoppedClock>
let editionId: number
const mails: Mail[] = []

const after = (seconds: number) =>
  clock.set(new Date(Date.parse('2026-08-05T06:00:01Z') + seconds * 1000).toISOString())

async function close() {
  await app.close()
  // Its connections go first: the mailbox waits for those that are open.
  await services.mailer.close()
  await mailbox.close()
}

async function open(env: Record<string, string>) {
  const { db } = await testDatabase()
  clock = stoppedClock('2026-08-05T05:00:00Z')
  mailbox = await openMailbox()
  const secrets = secretsOf(oldKey)
  services = await testServices(db, { MAIL_URL: mailbox.url, ...env }, { clock, secrets })
  app = await buildServer(services)
  const titles = [
    'Proteins that <fold> & "turn"',
    'Robots that grasp',
    'Voices of machines',
    'Graphs and cuts',
    'Storms from data',
  ]
  const papers = titles.map((title, n) =>
    foundPaper({
      id: `2608.0000${n}`,
      title,
      abstract: `${title}, at length.`,
      authors: [`Author ${n}`],
      organisation: `O${n}`,
      votes: 50 - n,
    }),
  )
  await keepPapers(db, '2026-08-04', papers)
  await db.sql(
    `INSERT INTO subscriber (email, email_key, domain, status, confirmed_at)
     SELECT e, e, 'example.org', 'active', '2026-07-01' FROM (SELECT 'r' || n || '@example.org' AS e FROM generate_series(1, $1) n) x`,
    [readers],
  )
  await buildEdition(services, 'daily', '2026-08-04')
  const [edition] = await db.sql<{ id: number }>('SELECT id FROM edition')
  editionId = edition?.id ?? 0
  after(0)
  await sendEdition(sendingParts(services), editionId)
  mails.length = 0
  for (let n = 1; n <= readers; n += 1) {
    const [one] = await mailbox.mailsTo(`r${n}@example.org`, 1)
    mails.push(mailOf(String(one?.html)))
  }
}

function mailOf(html: string): Mail {
  const found = [...html.matchAll(/(?:href|src)="(http:\/\/papers\.test[^"]*)"/g)].map(([, url = '']) => url)
  const through = [...new Set(found.filter((url) => url.includes('/l/')))].map((url) =>
    url.slice(base.length),
  )
  return {
    html,
    hidden: through.find((url) => url.endsWith('/0')) ?? '',
    picture: through.find((url) => url.endsWith('/open.gif')),
    links: through.filter((url) => /\/[1-9]\d*$/.test(url)),
    mine: (found.find((url) => url.includes('/mine/')) ?? '').slice(base.length).replace(/\?.*/, ''),
  }
}

type Asked = { method?: 'GET' | 'HEAD'; headers?: Record<string, string>; from?: string }

const ask = (url: string, { method = 'GET', headers = {}, from = '203.0.113.9' }: Asked = {}) =>
  app.inject({ method, url, remoteAddress: from, headers: { 'user-agent': firefox, ...headers } })

const figures = async (): Promise<Measured | null> => {
  await countMeasured(services.db, clock.now())
  return (await editionReport(services.db, editionId))?.measured ?? null
}

const mail = (n: number): Mail => {
  const found = mails[n]
  if (!found) throw new Error('no such mail')
  return found
}

describe('with MEASURE=opens,clicks', () => {
  beforeAll(() => open({ MEASURE: 'opens,clicks', BREVO_SECRET: 'a-secret-of-our-own' }))
  afterAll(close)
  beforeEach(() => services.db.sql('TRUNCATE measured_hit, measured_edition'))

  it('a link leads to the one page that the mail named, and nowhere else', async () => {
    const { links } = mail(0)
    expect(links.length).toBeGreaterThan(5)
    const places = await Promise.all(links.map(async (url) => (await ask(url)).headers['location']))
    expect(new Set(places).size).toBe(links.length)
    expect(places.join('\n')).toContain('2608.00001')
    const [link = ''] = links
    const token = link.split('/')[2] ?? ''
    expect((await ask(`/l/${token.replace(/.$/, (end) => (end === '0' ? '1' : '0'))}/1`)).statusCode).toBe(
      404,
    )
    expect((await ask(`/l/${token}/1?url=https://evil.example`)).headers['location']).toBe(places[0])
    const before = await services.db.models.measuredHit.count()
    for (const number of [links.length + 100, 5000, 9999])
      expect((await ask(`/l/${token}/${number}`)).headers['location']).toBe(`${base}/editions/2026-08-04`)
    expect(await services.db.models.measuredHit.count()).toBe(before)
    for (const wrong of ['-1', '1x', '01', '99999', 'open.png', '%2e%2e'])
      expect((await ask(`/l/${token}/${wrong}`)).statusCode, wrong).toBeGreaterThanOrEqual(400)
  })

  it('a scanner that opens every link is a machine, people who follow one later are likely, who presses is proven', async () => {
    after(2)
    await Promise.all([...mail(0).links, mail(0).picture ?? ''].map((url) => ask(url)))
    after(40)
    await Promise.all(mail(1).links.map((url) => ask(url)))
    for (const n of [2, 3, 4, 5, 6]) {
      after(60 + n)
      await ask(mail(n).links[n % 4] ?? '')
    }
    for (const n of [7, 8, 9, 10, 11]) {
      after(90 + n)
      await ask(mail(n).links[0] ?? '')
      const form = await app.inject({ url: mail(n).mine, headers: { 'user-agent': firefox } })
      expect(form.statusCode).toBe(200)
      const pressed = await app.inject({
        method: 'POST',
        url: mail(n).mine,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'answer:2608.00001=more',
      })
      expect(pressed.statusCode).toBe(200)
    }
    expect(await figures()).toEqual({
      clicks: { person: 5, likely: 5, unknown: 0, machine: 2 },
      opens: { person: 5, likely: 5, unknown: 0, machine: 1 },
    })
  })

  it.each<[string, Asked]>([
    ['HEAD', { method: 'HEAD' }],
    ['Sec-Purpose', { headers: { 'sec-purpose': 'prefetch;prerender' } }],
    ['Purpose', { headers: { purpose: 'prefetch' } }],
    ['X-Moz', { headers: { 'x-moz': 'prefetch' } }],
    [
      'a bot',
      {
        headers: { 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' },
      },
    ],
    ['no program', { headers: { 'user-agent': '' } }],
    ['a mail filter', { from: '148.163.130.7' }],
  ])('%s shows a machine', async (_, asked) => {
    after(600)
    const answer = await ask(mail(12).links[0] ?? '', asked)
    expect(answer.statusCode).toBe(302)
    expect((await figures())?.clicks).toEqual({ person: 0, likely: 0, unknown: 0, machine: 1 })
  })

  it('a link that no person sees shows a scanner, and what it followed around', async () => {
    after(700)
    await ask(mail(13).links[0] ?? '')
    after(703)
    await ask(mail(13).hidden)
    expect((await figures())?.clicks).toEqual({ person: 0, likely: 0, unknown: 0, machine: 1 })
    after(3_600)
    await ask(mail(13).links[0] ?? '')
    expect((await figures())?.clicks).toEqual({ person: 0, likely: 1, unknown: 0, machine: 0 })
  })

  it('a picture that is fetched is unknown, from wherever', async () => {
    after(800)
    const answer = await ask(mail(14).picture ?? '')
    expect(answer.headers).toMatchObject({ 'content-type': 'image/gif', 'cache-control': 'no-store' })
    await ask(mail(15).picture ?? '', { from: '148.163.130.7' })
    expect((await figures())?.opens).toEqual({ person: 0, likely: 0, unknown: 2, machine: 0 })
  })

  it('nothing is written down of who asks not to be measured', async () => {
    const { db } = services
    after(900)
    for (const header of ['dnt', 'sec-gpc']) {
      expect((await ask(mail(16).links[0] ?? '', { headers: { [header]: '1' } })).statusCode).toBe(302)
    }
    await ask(mail(17).links[0] ?? '')
    await db.sql(`UPDATE subscriber SET unmeasured = true WHERE email = 'r19@example.org'`)
    expect((await ask(mail(18).links[0] ?? '')).statusCode).toBe(302)
    expect(await db.models.measuredHit.count()).toBe(1)
  })

  it('readers say so in their preferences, and what was measured of them goes', async () => {
    const { db } = services
    after(950)
    await ask(mail(20).links[0] ?? '')
    const link = /http:\/\/papers\.test(\/preferences\/[\w.-]+)/.exec(mail(20).html)?.[1] ?? ''
    const opened = await app.inject({ method: 'POST', url: link })
    const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? ''
    const page = await app.inject({ url: '/preferences', headers: { cookie } })
    expect(page.body).toMatch(/name="unmeasured" value="yes">\s*<span>Don’t measure me/)
    expect(page.body).toContain('<button name="action" value="save">Save</button>')
    const save = (fields: Record<string, string>) =>
      app.inject({
        method: 'POST',
        url: '/preferences',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ action: 'save', measuring: 'yes', ...fields }).toString(),
      })
    const unmeasured = async () =>
      (await db.models.subscriber.findFirstOrThrow({ where: { email: 'r21@example.org' } })).unmeasured
    expect((await save({ unmeasured: 'yes' })).body).toContain('value="yes" checked')
    expect([await unmeasured(), await db.models.measuredHit.count()]).toEqual([true, 0])
    await save({})
    expect(await unmeasured()).toBe(false)
  })

  it('links go on working under a new key, and for a reader who is gone', async () => {
    const { db } = services
    after(1_000)
    const rotated = await buildServer({ ...services, secrets: secretsOf(`${newKey},${oldKey}`) })
    const answer = await rotated.inject({ url: mail(19).links[0] ?? '', headers: { 'user-agent': firefox } })
    expect(answer.statusCode).toBe(302)
    expect(await db.models.measuredHit.count()).toBe(1)
    const reader = await db.models.subscriber.findFirstOrThrow({ where: { email: 'r20@example.org' } })
    await eraseSubscriber(services, reader.id)
    expect(await db.models.measuredHit.count()).toBe(0)
    expect((await ask(mail(19).links[0] ?? '')).statusCode).toBe(302)
    expect(await db.models.measuredHit.count()).toBe(0)
  })

  it('takes the word of a provider that measures by itself for what was a machine', async () => {
    after(1_050)
    const events = await Promise.all(
      [
        [22, 'proxy_open'],
        [23, 'opened'],
        [24, 'click'],
      ].map(async ([n, event]) => {
        const email = `r${n}@example.org`
        const [one] = await mailbox.mailsTo(email, 1)
        return { event, email, 'message-id': one?.messageId, ts_epoch: clock.now().getTime() }
      }),
    )
    const taken = await app.inject({
      method: 'POST',
      url: '/api/v1/inbound/brevo/a-secret-of-our-own',
      payload: events,
    })
    expect(taken.json()).toEqual({ status: 'taken' })
    await judgeWaiting(services)
    expect(await figures()).toEqual({
      opens: { person: 0, likely: 1, unknown: 1, machine: 1 },
      clicks: { person: 0, likely: 1, unknown: 0, machine: 0 },
    })
  })

  it('keeps neither network nor program', async () => {
    after(1_100)
    await ask(mail(21).links[0] ?? '')
    const [row] = await services.db.sql<{ row: string }>('SELECT h::text AS row FROM measured_hit h')
    expect(row?.row).not.toMatch(/203\.0\.113|Mozilla|Firefox/)
  })

  it('leaves the text part, the archive and the links of the reader’s own as they are', async () => {
    const page = await app.inject('/editions/2026-08-04')
    expect(page.statusCode).toBe(200)
    expect(page.body).not.toContain('/l/')
    expect(page.body).not.toContain('LINK_URL')
    const [one] = await mailbox.mailsTo('r1@example.org', 1)
    expect(one?.text).toContain('http://papers.test/papers/2608.00001')
    expect(one?.text).not.toContain('/l/')
    expect(mail(0).html).toMatch(/href="http:\/\/papers\.test\/unsubscribe\//)
  })
})

describe('with MEASURE unset', () => {
  beforeAll(() => open({}))
  afterAll(close)

  it('links lead straight to their pages, and nothing is measured', async () => {
    expect(mail(0)).toMatchObject({ links: [], hidden: '', picture: undefined })
    expect(mail(0).html).not.toContain('/l/')
    expect(await figures()).toBeNull()
    expect(await services.db.models.measuredHit.count()).toBe(0)
  })
})
