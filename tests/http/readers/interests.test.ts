import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { buildServer } from '../../../src/http/server.js'
import type { Services } from '../../../src/services.js'
import { mostExamples, mostInterests } from '../../../src/subscribers/interests/interest.js'
import { readInterests } from '../../../src/subscribers/interests/interests.js'
import { preferencesUrl } from '../../../src/subscribers/links.js'
import { postForm } from '../../support/forms.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { mailedToken } from '../../support/readers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { wholeDatabase } from '../../support/whole-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

let db: Db
let app: FastifyInstance
let services: Services
const clock = stoppedClock('2026-08-05T07:00:00Z')

beforeAll(async () => {
  ;({ db } = await testDatabase())
  services = await testServices(db, {}, { clock })
  app = await buildServer(services)
  await keepPapers(db, '2026-08-04', [
    foundPaper({
      id: '2608.00001',
      title: 'Attention in a window of fixed width',
      authors: ['Ada Lovelace', 'José García-López'],
      organisation: 'An Institute',
      keywords: ['attention', 'cs.LG'],
    }),
  ])
})
afterAll(() => app.close())

const post = (url: string, fields: Record<string, string>, cookie = '', headers = {}) =>
  postForm(app, url, fields, { cookie, headers })

let made = 0
async function reader() {
  made += 1
  const email = `r${made}@example.org`
  await app.inject({ method: 'POST', url: '/api/v1/subscribers', payload: { email } })
  const confirmed = await post(`/confirm/${await mailedToken(services, email)}`, {})
  const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  const id = row?.id ?? 0
  const link = preferencesUrl(services.secrets, 'http://papers.test', { id, epoch: 0 }, clock.now())
  const opened = await app.inject(new URL(link).pathname)
  return { id, confirmed, cookie: String(opened.headers['set-cookie']).split(';')[0] ?? '' }
}

const held = async (id: number) =>
  (await readInterests(db, id)).map(({ kind, key, muted }) => `${muted ? '-' : '+'}${kind} ${key}`)

describe('interests', () => {
  it('are offered when a sign-up is confirmed, and need not be given', async () => {
    const { confirmed } = await reader()
    expect(confirmed.body).toContain('href="/preferences/interests"')
    const cookie = String(confirmed.headers['set-cookie']).split(';')[0] ?? ''
    const page = await app.inject({ url: '/preferences/interests', headers: { cookie } })
    expect(page.statusCode).toBe(200)
  })

  it('are followed, muted and taken away, the same one once', async () => {
    const { id, cookie } = await reader()
    const act = (fields: Record<string, string>) => post('/preferences/interests', fields, cookie)
    await act({ action: 'follow', kind: 'author', label: 'José  García-López' })
    await act({ action: 'follow', kind: 'author', label: 'jose garcia lopez' })
    await act({ action: 'mute', kind: 'words', label: 'federated learning' })
    await act({ action: 'follow', kind: 'category', label: 'cs.LG' })
    expect(await held(id)).toEqual([
      '+author jose garcia lopez',
      '-words federated learning',
      '+category cs.lg',
    ])
    const page = await act({ action: 'mute', kind: 'category', label: 'CS.LG' })
    expect(page.statusCode).toBe(422)
    await act({ action: 'mute', kind: 'category', label: 'cs.LG' })
    await act({ action: 'remove', n: '1' })
    expect(await held(id)).toEqual(['-words federated learning', '-category cs.lg'])
    const shown = await app.inject({ url: '/preferences/interests', headers: { cookie } })
    expect(shown.body).toContain('federated learning')
  })

  it('are taken from a paper’s page', async () => {
    const { id, cookie } = await reader()
    const paper = await app.inject('/papers/2608.00001')
    expect(paper.body).toContain('href="/preferences/follow?paper=2608.00001"')
    expect((await app.inject('/preferences/follow?paper=2608.00001')).statusCode).toBe(401)
    const open = () => app.inject({ url: '/preferences/follow?paper=2608.00001', headers: { cookie } })
    for (const name of ['Ada Lovelace', 'An Institute', 'attention', 'cs.LG']) {
      expect((await open()).body).toContain(`value="${name}"`)
    }
    const back = { paper: '2608.00001' }
    const after = await post(
      '/preferences/interests',
      { ...back, action: 'mute', kind: 'author', label: 'Ada Lovelace' },
      cookie,
    )
    expect(after.body).toContain('<small>muted</small>')
    await post('/preferences/interests', { ...back, action: 'examples', references: '2608.00001' }, cookie)
    expect(await held(id)).toEqual(['-author ada lovelace', '+paper 2608.00001'])
    const unknown = await app.inject({ url: '/preferences/follow?paper=2608.09999', headers: { cookie } })
    expect(unknown.statusCode).toBe(404)
  })

  it('are taken from a search for an author, an organisation, a keyword or words', async () => {
    const { id, cookie } = await reader()
    const linkOn = async (search: string) =>
      /href="(\/preferences\/follow[^"]*)"/.exec((await app.inject(search)).body)?.[1] ?? null
    const byAuthor = await linkOn(`/papers?q=${encodeURIComponent('"Ada Lovelace"')}`)
    expect(byAuthor).toBe('/preferences/follow?name=Ada+Lovelace')
    expect(await linkOn('/papers?organisation=An+Institute')).toBe('/preferences/follow?name=An+Institute')
    expect(await linkOn('/papers?q=attention+-graph')).toBe(null)
    expect((await app.inject(byAuthor ?? '')).statusCode).toBe(401)
    const page = await app.inject({ url: byAuthor ?? '', headers: { cookie } })
    for (const kind of ['author', 'organisation', 'keyword', 'words'])
      expect(page.body).toContain(`name="kind" value="${kind}"`)
    const back = { name: 'Ada Lovelace', label: 'Ada Lovelace' }
    const after = await post('/preferences/interests', { ...back, action: 'follow', kind: 'author' }, cookie)
    expect(after.body).toContain('<small>followed</small>')
    expect(await held(id)).toEqual(['+author ada lovelace'])
  })

  it('are examples from a file, of which unknown papers count by their words', async () => {
    const { id, cookie } = await reader()
    const bib = `@misc{a, title={Another  Title of Ours}, abstract={On windows.}, eprint={2001.00001}}
@misc{b, title={ATTENTION in a Window of Fixed Width}}\n@misc{c, year=2020}`
    const payload = `--b\r\nContent-Disposition: form-data; name="action"\r\n\r\nexamples\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="x.bib"\r\nContent-Type: text/plain\r\n\r\n${bib}\r\n--b--\r\n`
    const headers = { 'content-type': 'multipart/form-data; boundary=b', cookie }
    const answer = await app.inject({ method: 'POST', url: '/preferences/interests', payload, headers })
    expect(answer.body).toContain('2 new examples: 1 of the 2 papers found are in our archive')
    expect(answer.body).toContain('1 reference had neither')
    const [first, second] = await readInterests(db, id)
    expect([first?.key, first?.words]).toEqual(['2001.00001', 'Another Title of Ours\nOn windows.'])
    expect([second?.key, second?.words]).toEqual(['2608.00001', null])
    const large = payload.replace(bib, 'x'.repeat(2_100_000))
    const refused = await app.inject({
      method: 'POST',
      url: '/preferences/interests',
      payload: large,
      headers,
    })
    expect(refused.statusCode).toBe(413)
    await post('/preferences/interests', { action: 'forget-examples' }, cookie)
    expect(await held(id)).toEqual([])
  })

  it('are bounded, and the bound is explained', async () => {
    const { id, cookie } = await reader()
    await db.sql(
      `INSERT INTO interest (subscriber_id, n, kind, key, label, created_at)
       SELECT $1, n, 'words', 'w' || n, 'w' || n, now() FROM generate_series(1, $2::int) n`,
      [id, mostInterests],
    )
    const more = await post(
      '/preferences/interests',
      { action: 'follow', kind: 'words', label: 'one more' },
      cookie,
    )
    expect([more.statusCode, (await held(id)).length]).toEqual([422, mostInterests])
    expect(more.body).toContain('Take one away first')
    const references = Array.from({ length: mostExamples + 1 }, (_, i) => `A title of number ${i}`).join('\n')
    const examples = await post('/preferences/interests', { action: 'examples', references }, cookie)
    expect([examples.statusCode, (await held(id)).length]).toEqual([422, mostInterests])
    for (const fields of [
      { action: 'follow', kind: 'author', label: ' ' },
      { action: 'follow', kind: 'author', label: '!!!' },
      { action: 'follow', kind: 'paper', label: 'x' },
      { action: 'follow', kind: 'author', label: 'x'.repeat(121) },
      { action: 'remove', n: '99999999999999999999' },
      { action: 'other' },
    ]) {
      expect((await post('/preferences/interests', fields, cookie)).statusCode).toBeLessThan(500)
    }
  })

  it('are changed by nobody who only opens pages, or comes from elsewhere', async () => {
    const { cookie } = await reader()
    const before = await wholeDatabase(db)
    for (const url of [
      '/preferences/interests?action=follow&kind=author&label=x',
      '/preferences/follow?paper=2608.00001',
    ]) {
      await app.inject({ url, headers: { cookie } })
    }
    const fields = { action: 'follow', kind: 'author', label: 'X Y' }
    await post('/preferences/interests', fields, cookie, { origin: 'https://evil.example' })
    await post('/preferences/interests', fields)
    expect(await wholeDatabase(db)).toEqual(before)
  })

  it('are among the reader’s data, and gone with them', async () => {
    const { id, cookie } = await reader()
    await post('/preferences/interests', { action: 'follow', kind: 'author', label: 'Grace Hopper' }, cookie)
    const data = await app.inject({ url: '/preferences/data', headers: { cookie } })
    expect(data.json<{ interests: unknown[] }>().interests).toMatchObject([
      { kind: 'author', label: 'Grace Hopper', muted: false },
    ])
    await post('/preferences', { action: 'erase', sure: 'yes' }, cookie)
    expect(await held(id)).toEqual([])
  })
})
