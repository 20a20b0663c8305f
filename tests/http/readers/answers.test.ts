import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { buildEdition } from '../../../src/editions/building/build.js'
import { buildServer } from '../../../src/http/server.js'
import type { Services } from '../../../src/services.js'
import { remindOfSaved } from '../../../src/subscribers/feedback/remind.js'
import { mineUrl, preferencesUrl } from '../../../src/subscribers/links.js'
import { claimMailable } from '../../../src/deliveries/claim/claim-mailable.js'
import { openComposer } from '../../../src/deliveries/composing/compose.js'
import { postForm } from '../../support/forms.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { activeReader, mailedToken, owedTo } from '../../support/readers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { wholeDatabase } from '../../support/whole-database.js'

let db: Db
let app: FastifyInstance
let services: Services
const clock = stoppedClock('2026-08-05T07:00:00Z')
const period = '2026-08-04'
const ids = ['2608.00001', '2608.00002', 'math/0309136']
const titles = ['Attention in narrow windows', 'Proteins that fold themselves', 'On the topology of networks']

beforeAll(async () => {
  ;({ db } = await testDatabase())
  services = await testServices(db, {}, { clock })
  app = await buildServer(services)
  await keepPapers(
    db,
    period,
    ids.map((id, i) =>
      foundPaper({ id, title: titles[i] ?? '', abstract: `About ${titles[i]}.`, votes: 30 - i }),
    ),
  )
  await buildEdition(services, 'daily', period)
  // The look at the list's end is what building waits for.
  clock.set('2026-08-05T07:30:00Z')
})
afterAll(() => app.close())

let made = 0
async function reader() {
  made += 1
  const email = `r${made}@example.org`
  const id = await activeReader(db, email)
  const link = new URL(mineUrl(services.secrets, 'http://papers.test', { id, epoch: 0 }, clock.now()))
    .pathname
  return { id, email, link }
}

const post = (url: string, fields: Record<string, string>, headers = {}) =>
  postForm(app, url, fields, { headers })

const said = (id: number) =>
  db.sql<{ paper_id: string; answer: string | null; saved: boolean; place: number | null }>(
    `SELECT paper_id, answer, saved_at IS NOT NULL AS saved, place FROM feedback WHERE subscriber_id = $1 ORDER BY 1`,
    [id],
  )

describe('answers from the mail', () => {
  it('are asked for on one page, on which the link’s paper comes first with its answer', async () => {
    const { link } = await reader()
    const page = await app.inject(`${link}/${period}?paper=2608.00002&answer=less`)
    expect(page.statusCode).toBe(200)
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.body).not.toContain('<script')
    expect(page.body.indexOf('p-2608.00002')).toBeLessThan(page.body.indexOf('p-2608.00001'))
    expect(page.body).toContain('name="answer:2608.00002" value="less" checked')
    expect(page.body).toContain('name="answer:2608.00001" value="none" checked')
    expect(page.body).toContain('name="answer:math/0309136"')
  })

  it('count when the button is pressed, soon, and can be taken back', async () => {
    const { id, link } = await reader()
    const fields = {
      'answer:2608.00001': 'more',
      'answer:2608.00002': 'less',
      'answer:math/0309136': 'none',
      'save:math/0309136': 'yes',
      'answer:2608.99999': 'more',
    }
    await app.inject(`${link}/${period}`)
    const began = performance.now()
    const noted = await post(`${link}/${period}`, fields)
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(noted.body).toContain('Attention in narrow windows: <strong>more like this</strong>')
    expect(await said(id)).toEqual([
      { paper_id: '2608.00001', answer: 'more', saved: false, place: 1 },
      { paper_id: '2608.00002', answer: 'less', saved: false, place: 2 },
      { paper_id: 'math/0309136', answer: null, saved: true, place: 3 },
    ])
    expect((await post(`${link}/${period}`, fields)).body).toContain('Nothing was changed')
    const undo = Object.fromEntries(
      [...noted.body.matchAll(/type="hidden" name="([^"]+)" value="([^"]+)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    )
    expect(Object.keys(undo)).toHaveLength(3)
    await post(`${link}/${period}`, undo)
    expect(await said(id)).toEqual([])
  })

  it('are given by nobody who only opens pages, comes from elsewhere or has another link', async () => {
    const { id, link } = await reader()
    const before = await wholeDatabase(db)
    for (const answer of ['more', 'less', 'save'])
      await app.inject(`${link}/${period}?paper=2608.00001&answer=${answer}`)
    await app.inject(`${link}/saved`)
    const fields = { 'answer:2608.00001': 'more' }
    expect((await post(`${link}/${period}`, fields, { origin: 'https://evil.example' })).statusCode).toBe(403)
    expect((await post(`${link.slice(0, -3)}abc/${period}`, fields)).statusCode).toBe(404)
    expect((await app.inject('/mine/preview/2026-08-04')).statusCode).toBe(404)
    expect(await wholeDatabase(db)).toEqual(before)
    await db.sql('UPDATE subscriber SET epoch = 1 WHERE id = $1', [id])
    expect((await post(`${link}/${period}`, fields)).statusCode).toBe(410)
    expect((await app.inject(`${link}/2026-08-04`)).statusCode).toBe(410)
    const late = await reader()
    clock.set('2026-09-05T07:00:00Z')
    expect((await app.inject(`${late.link}/${period}`)).statusCode).toBe(410)
    clock.set('2026-08-05T07:30:00Z')
  })
})

describe('the reading list', () => {
  it('is a page, references and a feed whose address can be ended', async () => {
    const { link } = await reader()
    await post(`${link}/${period}`, { 'answer:2608.00001': 'more', 'save:2608.00001': 'yes' })
    expect((await app.inject(`${link}/saved`)).body).toContain('Attention in narrow windows')
    expect((await app.inject(`${link}/saved/bibtex`)).body).toMatch(/^@misc\{/)
    expect((await app.inject(`${link}/saved/ris`)).body).toMatch(/^TY {2}- GEN\r\n/)
    const opened = await post(`${link}/saved`, { action: 'open-feed' })
    const address = /http:\/\/papers\.test(\/saved\/[\w-]{43}\/feed\.xml)/.exec(opened.body)?.[1] ?? ''
    const feed = await app.inject(address)
    expect(feed.headers['content-type']).toContain('application/atom+xml')
    expect(feed.body).toContain('Attention in narrow windows')
    expect(feed.body).not.toMatch(/example\.org|\/mine\//)
    const other = await post(`${link}/saved`, { action: 'open-feed' })
    expect((await app.inject(address)).statusCode).toBe(404)
    const next = /(\/saved\/[\w-]{43}\/feed\.xml)/.exec(other.body)?.[1] ?? ''
    expect((await app.inject(next)).statusCode).toBe(200)
    await post(`${link}/saved`, { action: 'end-feed' })
    expect((await app.inject(next)).statusCode).toBe(404)
    await post(`${link}/saved`, { action: 'remove', paper: '2608.00001', answer: 'more' })
    expect((await app.inject(`${link}/saved`)).body).not.toContain('Attention in narrow windows')
  })

  it('is told of on Fridays to who wants it, once', async () => {
    const wants = await reader()
    const empty = await reader()
    const gone = await reader()
    for (const one of [wants, empty, gone]) await post(`${one.link}/saved`, { action: 'remind' })
    for (const one of [wants, gone])
      await post(`${one.link}/${period}`, { 'answer:2608.00001': 'none', 'save:2608.00001': 'yes' })
    clock.set('2026-08-06T12:00:00Z')
    await remindOfSaved(services)
    expect(await owedTo(db, wants.email)).toEqual([])
    clock.set('2026-08-07T05:59:00Z')
    await remindOfSaved(services)
    expect(await owedTo(db, wants.email)).toEqual([])
    clock.set('2026-08-07T06:01:00Z')
    await remindOfSaved(services)
    await remindOfSaved(services)
    expect(await owedTo(db, empty.email)).toEqual([])
    const [mail, more] = await owedTo(db, wants.email)
    expect([mail?.payload, more]).toEqual([
      { about: 'saved', titles: ['Attention in narrow windows'], count: 1 },
      undefined,
    ])
    await db.sql(`UPDATE subscriber SET status = 'unsubscribed' WHERE id = $1`, [gone.id])
    const { claimed } = await claimMailable(services, {
      editionId: null,
      limit: 100,
      now: clock.now(),
      leaseMs: 60_000,
    })
    expect(claimed.map(({ address }) => address)).toEqual([wants.email])
    const outgoing = await openComposer(services)(claimed[0]!)
    const message = Buffer.concat(outgoing?.message ?? []).toString()
    expect(message).toContain('On your reading list: one paper')
    expect((await owedTo(db, gone.email))[0]?.status).toBe('left_out')
    clock.set('2026-08-14T06:01:00Z')
    await remindOfSaved(services)
    expect(await owedTo(db, wants.email)).toHaveLength(2)
  })

  it('has no feed any more once everything is signed out, or the reader has moved', async () => {
    const { id, link } = await reader()
    const open = async (from: string) => {
      const opened = await post(`${from}/saved`, { action: 'open-feed' })
      return /(\/saved\/[\w-]{43}\/feed\.xml)/.exec(opened.body)?.[1] ?? ''
    }
    const before = await open(link)
    const preferences = (epoch: number) =>
      new URL(preferencesUrl(services.secrets, 'http://papers.test', { id, epoch }, clock.now())).pathname
    expect((await app.inject(before)).statusCode).toBe(200)
    expect((await post(preferences(0), { action: 'sign-out' })).statusCode).toBe(200)
    expect((await app.inject(before)).statusCode).toBe(404)
    const mine = new URL(mineUrl(services.secrets, 'http://papers.test', { id, epoch: 1 }, clock.now()))
    const again = await open(mine.pathname)
    expect((await app.inject(again)).statusCode).toBe(200)
    await post(preferences(1), { action: 'change-address', email: 'feed.moved@example.org' })
    await post(`/confirm/${await mailedToken(services, 'feed.moved@example.org')}`, {})
    expect((await app.inject(again)).statusCode).toBe(404)
  })
})
