/** The door for mail to addresses that somebody typed, over HTTP: who is refused, what that costs others, and what it tells. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import type { Services } from '../../../src/services.js'
import { preferencesUrl } from '../../../src/subscribers/links.js'
import { subscribe } from '../../../src/subscribers/signup/subscribe.js'
import { suppress } from '../../../src/subscribers/leaving/suppress.js'
import { suppressionHash } from '../../../src/subscribers/leaving/listed.js'
import { buildServer } from '../../../src/http/server.js'
import { postForm } from '../../support/forms.js'
import { evidence, mailedToken, owedTo } from '../../support/readers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

let db: Db
let app: FastifyInstance
let services: Services
const clock = stoppedClock('2026-05-06T07:00:00Z')
const forward = (hours: number) =>
  clock.set(new Date(clock.now().getTime() + hours * 3_600_000).toISOString())

beforeAll(async () => {
  ;({ db } = await testDatabase())
  services = await testServices(db, {}, { clock })
  app = await buildServer(services)
})
afterAll(() => app.close())

async function signUp(email: string, remoteAddress: string): Promise<number> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/subscribers',
    payload: { email },
    remoteAddress,
  })
  return answer.statusCode
}

const post = (url: string, fields: Record<string, string>, remoteAddress: string, cookie = '') =>
  postForm(app, url, fields, { remoteAddress, cookie })

let networks = 0
const newNetwork = () => `10.${(networks += 1)}.0.1`

/** A reader, and what asks for a change of address in their preferences. */
async function reader(email: string) {
  const from = newNetwork()
  await signUp(email, from)
  await post(`/confirm/${await mailedToken(services, email)}`, {}, from)
  const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  const id = row?.id ?? 0
  const link = new URL(preferencesUrl(services.secrets, 'http://papers.test', { id, epoch: 0 }, clock.now()))
    .pathname
  const opened = await app.inject(link)
  const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? ''
  const ask = (to: string, ip = newNetwork()) =>
    post('/preferences', { action: 'change-address', email: to }, ip, cookie)
  const data = async () =>
    (await app.inject({ url: '/preferences/data', headers: { cookie } })).json<Record<string, unknown>>()
  return { id, ask, data }
}

const counted = async (scope: string) =>
  (
    await db.sql<{ n: number }>(
      'SELECT coalesce(sum(count), 0)::int AS n FROM signup_count WHERE scope = $1 AND window_end > $2',
      [scope, clock.now()],
    )
  )[0]?.n ?? 0

async function statuses(
  count: number,
  call: (i: number) => Promise<number>,
): Promise<Record<number, number>> {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => call(i)))
  const sums: Record<number, number> = {}
  for (const status of answers) sums[status] = (sums[status] ?? 0) + 1
  return sums
}

describe('a try that is refused', () => {
  it('by the limit of its network shuts the door to nobody else', async () => {
    forward(2)
    const seen = await statuses(1216, (i) => signUp(`n${i}@one.example`, `192.0.2.${i % 250}`))
    expect(seen).toEqual({ 202: 30, 429: 1186 })
    expect([await counted('domain'), await counted('all')]).toEqual([30, 30])
    expect(await signUp('other@one.example', '198.51.100.1')).toBe(202)
    expect(await signUp('other@two.example', '198.51.100.2')).toBe(202)
  })

  it('by the limit of its /64 counts in no /48, and that of a /48 in nothing wider', async () => {
    forward(2)
    expect(await statuses(200, (i) => signUp(`a${i}@six.example`, `2001:db8:7:1::${i}`))).toEqual({
      202: 30,
      429: 170,
    })
    expect(await statuses(200, (i) => signUp(`b${i}@six.example`, `2001:db8:7:${100 + i}::1`))).toEqual({
      202: 30,
      429: 170,
    })
    expect([await counted('site'), await counted('domain'), await counted('all')]).toEqual([230, 60, 60])
    expect(await signUp('c@six.example', '2001:db8:8::1')).toBe(202)
  })

  it('by the limit of its address counts against no domain', async () => {
    forward(2)
    await statuses(40, (i) => signUp('often@three.example', `10.200.${i}.1`))
    expect([await counted('domain'), await counted('all')]).toEqual([1, 1])
  })
})

describe('a reader', () => {
  it('has three mails a day sent to strangers, from wherever', async () => {
    forward(2)
    const { ask } = await reader('busy@four.example')
    const before = await counted('domain')
    const seen = await statuses(50, async (i) => (await ask(`stranger${i}@five.example`)).statusCode)
    expect(seen).toEqual({ 200: 3, 429: 47 })
    expect(await db.sql(`SELECT 1 FROM delivery WHERE to_address LIKE 'stranger%'`)).toHaveLength(3)
    expect(await counted('domain')).toBe(before + 3)
    const refused = await ask('one.more@five.example')
    expect(refused.body).toContain('as many mails today as we send for one reader')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3600)
    forward(24)
  })

  it('is stopped by the limit of the network as well', async () => {
    forward(1)
    const { ask } = await reader('crowd@four.example')
    await statuses(31, (i) => signUp(`crowd${i}@crowd.example`, '203.0.113.9'))
    expect((await ask('crowded@five.example', '203.0.113.10')).statusCode).toBe(429)
    expect(await owedTo(db, 'crowded@five.example')).toEqual([])
  })

  it('finds the same in answers and data whatever is known of the address they ask for', async () => {
    forward(24)
    await reader('subscribed@known.example')
    await signUp('pending@known.example', newNetwork())
    await signUp('silent@known.example', newNetwork())
    const at = clock.now()
    await db.transaction('request', async (tx) => {
      await suppress(tx, services.secrets, 'bounced@known.example', 'bounced', { at })
    })
    await db.sql(`INSERT INTO suppression (hash, reason) VALUES ($1, 'erased')`, [
      suppressionHash(services.secrets, 'erased@known.example'),
    ])
    await db.sql(`UPDATE signup_guard SET mailed = ARRAY[now() - interval '9 years'], unclicked = 0`)
    await signUp('silent@known.example', newNetwork())
    const shapes = new Map<string, string>()
    for (const [i, name] of ['free', 'subscribed', 'pending', 'silent', 'bounced', 'erased'].entries()) {
      const asker = await reader(`asks${i}@asker.example`)
      const first = await asker.ask(`before${i}@nobody.example`)
      const link = `/confirm/${await mailedToken(services, `before${i}@nobody.example`)}`
      const answer = await asker.ask(`${name}@known.example`)
      const data = JSON.stringify(await asker.data())
      expect(data).not.toContain('known.example')
      expect(data).not.toContain('nobody.example')
      const shape = JSON.stringify([
        first.statusCode,
        answer.statusCode,
        answer.body,
        (await app.inject(link)).statusCode,
        data,
      ])
      shapes.set(
        name,
        shape.replaceAll(`asks${i}@`, 'ASKS@').replaceAll(/\d\d:\d\d:\d\d[.\d+:]*|10\.\d+\.0\.1/g, 'VARIES'),
      )
    }
    for (const shape of shapes.values()) expect(shape).toEqual(shapes.get('free'))
    expect(await db.sql(`SELECT to_address FROM delivery WHERE to_address LIKE '%@known.example'`)).toEqual([
      { to_address: 'free@known.example' },
    ])
    expect(await db.sql(`SELECT payload FROM token WHERE payload->>'email' LIKE 'erased@%'`)).toEqual([])
  })

  it('is told nothing of what receivers said', async () => {
    const { id, data } = await reader('replies@six.example')
    await db.sql(
      `INSERT INTO attempt (delivery_id, at, outcome, code, reply)
       SELECT id, now(), 'deferred', 450, '450 greylisted by mx.hidden.example' FROM delivery WHERE subscriber_id = $1`,
      [id],
    )
    const told = JSON.stringify(await data())
    expect(told).toContain('"outcome":"deferred"')
    expect(told).not.toContain('hidden')
    expect(told).not.toContain('450')
  })
})

describe('an address that was silenced', () => {
  it('gets one more mail for a proof of work, and then one a day', async () => {
    const email = 'silenced@seven.example'
    forward(24)
    const mails = async () => (await owedTo(db, email)).length
    const prove = (hours = 1) => ({
      hash: randomBytes(32),
      expires: new Date(clock.now().getTime() + hours * 600_000),
    })
    const signup = (proof = null as ReturnType<typeof prove> | null) =>
      subscribe(services, { email }, { ...evidence, ip: newNetwork() }, proof)
    for (let day = 0; day < 6; day += 1) {
      await signup()
      forward(12)
    }
    expect(await mails()).toBe(5)
    const proof = prove()
    await signup(proof)
    expect(await mails()).toBe(6)
    forward(2)
    await signup(proof)
    await signup(prove())
    expect(await mails()).toBe(6)
    forward(23)
    await signup()
    expect(await mails()).toBe(6)
    await signup(prove())
    expect(await mails()).toBe(7)
  })

  it('gets a way to prove it on the page that every sign-up sees', async () => {
    forward(2)
    const from = newNetwork()
    await post('/api/v1/subscribers', { email: 'waits@seven.example' }, from)
    const page = await app.inject('/check-your-inbox')
    expect(page.body).toContain('name="again" value="yes"')
    const again = await post('/api/v1/subscribers', { email: 'waits@seven.example', again: 'yes' }, from)
    expect(again.statusCode).toBe(428)
    expect(again.body).toContain('waits@seven.example')
  })
})

describe('the ledger', () => {
  it('takes mail for typed addresses from nowhere but the door', async () => {
    const files = (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.ts'))
    const writers: string[] = []
    const doors: string[] = []
    for (const name of files) {
      const text = await readFile(`src/${name}`, 'utf8')
      if (name.startsWith('db/generated')) continue
      if (/INSERT INTO delivery/i.test(text)) writers.push(name.replace(/.*\//, ''))
      if (/as LetThrough/.test(text)) doors.push(name.replace(/.*\//, ''))
    }
    expect(writers.toSorted()).toEqual([
      'import-store.ts',
      'owe.ts',
      // The Friday reminder, to readers' own addresses alone.
      'remind.ts',
      'retry-expired.ts',
      'set-apart.ts',
      'signup-store.ts',
    ])
    expect(doors).toEqual(['door.ts'])
  })
})
