/** Every route of the operator's API and every page of the desk, with a key of each single scope: what does it see? */
import { beforeAll, describe, expect, it } from 'vitest'
import { signIn } from '../../support/sign-in.js'
import { scopes, type Scope } from '../../../src/operations/keys/scopes.js'
import { writeAudit } from '../../../src/operations/audit.js'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { verify } from '../../../src/subscribers/links.js'
import { operationsOf, type Operation } from '../../support/openapi-fuzz.js'
import { adminServer, author, day, listPapers } from '../../support/admin-services.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

type Server = Awaited<ReturnType<typeof adminServer>>

const readers = ['ada@example.org', 'bob.b+x@example.org', 'grace@gone.example']
const operators = ['ops@desk.example']
const webhook = 'https://hooks.example/services/T0/S3CR3T'
/** Ours and made-up ones: no reader's and no operator's. */
const everybodys = ['papers@localhost', 'reader@example.org', 'ops@example.org', 'name@example.org']
const addressLike = /[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)*/gi

let server: Server
let operations: Operation[]
let ids: Record<string, string>

beforeAll(async () => {
  server = await adminServer()
  await fill(server)
  const document = (await server.app.inject('/openapi.json')).json<Parameters<typeof operationsOf>[0]>()
  operations = operationsOf(document).filter(({ path }) => path.startsWith('/api/v1/admin'))
})

/** A service in which addresses stand wherever the world or an operator may have put them. */
async function fill({ services, call, clock }: Server): Promise<void> {
  const { db } = services
  await listPapers(server, 5)
  for (const email of readers) await must(call('POST', '/subscribers', { body: { email, confirm: false } }))
  const settings = await call('GET', '/settings')
  const body = { ...settings.json(), alerts: { emails: operators, webhooks: [webhook], deadManMinutes: 60 } }
  await must(call('PUT', '/settings', { body, headers: { 'if-match': String(settings.headers['etag']) } }))
  await must(call('POST', `/editions/${day}/build`, { body: {} }))
  await must(call('POST', `/editions/${day}/send`, { body: { reason: `for ${readers[0]}` } }))
  const edition = (await call('GET', `/editions/${day}`)).json()
  await sendEdition(sendingParts(services), edition.id)
  await must(call('POST', '/subscribers/2/suppress', { body: { reason: `<${readers[1]}> wrote to us` } }))
  await must(call('POST', '/alerts/test', { body: {} }))
  const file = `email,status\n${readers[2]},active\nnot an address,active\n`
  await must(call('POST', '/imports', { body: file, headers: { 'content-type': 'text/csv' } }))
  const quoted = `550 5.1.1 <${readers[0]}>: user unknown; to=${readers[1]?.replace('@', '%40')}`
  await db.sql(
    `UPDATE delivery SET reply = $1, reason = $1, status = 'rejected', code = 550, due_at = NULL, claim = NULL, lease_until = NULL, settled_at = now()`,
    [quoted],
  )
  await db.sql(`UPDATE alert_send SET fault = $1, attempts = 3`, [quoted])
  await db.sql(`UPDATE alert SET text = text || $1`, [quoted])
  await db.sql(`UPDATE edition SET reason = $1`, [quoted])
  await db.sql(`INSERT INTO look (source, day, at, outcome, fault) VALUES ('hub', $1, $2, 'failed', $3)`, [
    day,
    clock.now(),
    quoted,
  ])
  await db.sql(
    `INSERT INTO verdict (at, kind, class, words, domain, subscriber_id, effect)
     VALUES ($1, 'bounce', 'hard', $2, 'example.org', 1, 'bounced')`,
    [clock.now(), quoted],
  )
  const relays = JSON.stringify([{ name: 'mx', state: 'down', fault: quoted, connections: 0 }])
  await db.sql(
    `INSERT INTO worker (id, name, started_at, seen_at, relays) VALUES (gen_random_uuid(), 'w', $1, $1, $2)`,
    [clock.now(), relays],
  )
  await db.transaction('request', (tx) =>
    writeAudit(
      tx,
      clock,
      { ...author, why: `${readers[0]} asked` },
      {
        action: 'settings.changed',
        target: 'settings',
        before: { note: readers[1], alerts: { webhooks: [webhook], emails: operators } },
      },
    ),
  )
  const made = (await call('POST', '/keys', { body: { name: `for ${operators[0]}`, scopes: ['*'] } })).json()
  ids = { subscribers: '1', keys: made.info.id, papers: '2608.00001', days: '2608.00001', imports: '1' }
}

async function must(answer: ReturnType<Server['call']>): Promise<void> {
  const { statusCode, body } = await answer
  if (statusCode >= 300) throw new Error(`${statusCode} ${body}`)
}

type Call = { method: 'GET'; url: string; body?: object }

/** The operation as it is described, once plainly and once with each parameter of its query. */
function callsOf({ method, path, parameters, bodies }: Operation): Call[] {
  const group = path.split('/')[4] ?? ''
  const url = path.replace(/\{(period|date)\}/g, day).replace('{id}', ids[group] ?? '1')
  const body = bodies['application/json'] && { body: exampleOf(bodies['application/json']) }
  const queries = parameters
    .filter((parameter) => parameter.in === 'query' && parameter.name !== 'cursor')
    .flatMap(({ name, schema }) => samplesOf(schema).map((value) => `?${name}=${String(value)}`))
  const plain = [
    '',
    ...queries,
    ...(path.endsWith('/preview') ? ['?subscriber=1&as=raw', '?subscriber=1&as=text'] : []),
  ]
  return plain.map((query) => ({ method: method as 'GET', url: url + query, ...body }))
}

const exampleOf = ({ examples, example }: { examples?: unknown[]; example?: unknown }) =>
  Object(examples?.[0] ?? example ?? {}) as object
const samplesOf = (schema: { enum?: unknown[]; type?: unknown }): unknown[] =>
  schema.enum ?? (schema.type === 'integer' ? [1] : schema.type === 'boolean' ? ['true', 'false'] : [])

/** What in the answer this scope does not cover. */
async function seen(text: string, scope: Scope): Promise<string[]> {
  const plain = text
    .replaceAll('=\r\n', '')
    .replaceAll('=3D', '=')
    .replaceAll(/Message-ID: .*/g, '')
  const covered = new Set([...everybodys, ...(scope === 'subscribers:read' ? readers : [])])
  if (scope === 'editions:write') for (const address of operators) covered.add(address)
  const addresses = [...plain.matchAll(addressLike)].map(([found]) => found.replace('%40', '@'))
  return [
    ...addresses.filter((found) => !covered.has(found)),
    ...(plain.includes('S3CR3T') && scope !== 'editions:write' && scope !== 'keys:write'
      ? ['a webhook']
      : []),
    ...(plain.includes('whsec_') && scope !== 'keys:write' ? ['a secret of a webhook'] : []),
    ...(/dp_\w{8}[\w-]{40}/.test(plain) && scope !== 'keys:write' ? ['a key'] : []),
    ...workingLinks(plain),
  ]
}

function workingLinks(text: string): string[] {
  const { secrets, clock } = server.services
  return [...text.matchAll(/\/(unsubscribe|preferences|confirm)\/([\w.-]+)/g)]
    .filter(
      ([, kind, token = '']) =>
        kind === 'confirm' || verify(secrets, kind as 'preferences', token, clock.now()).state !== 'unknown',
    )
    .map(([link]) => link)
}

const inject = async ({ method, url, body }: Call, key: string) => {
  server.clock.forward(61)
  const headers = { authorization: `Bearer ${key}`, 'if-match': '*' }
  return server.app.inject({ method, url, headers, ...(body && { payload: body }) })
}

describe('a preview as one reader', () => {
  const raw = `/editions/${day}/preview?as=raw&subscriber=1`

  it('needs the scope that reads subscribers, and is noted', async () => {
    const key = await server.keyWith('editions:read')
    const refused = await server.call('GET', raw, { key })
    expect([refused.statusCode, refused.json().detail]).toEqual([
      403,
      expect.stringContaining('subscribers:read'),
    ])
    const both = await server.keyWith('editions:read', 'subscribers:read')
    const answer = await server.call('GET', raw, { key: both })
    expect(answer.statusCode).toBe(200)
    const [noted] = (await server.call('GET', '/audit?action=subscriber.previewed')).json().items
    expect(noted).toMatchObject({
      target: 'subscriber:1',
      who: `key:${both.slice(3, 11)}`,
      after: { period: day },
    })
  })

  it('has links that open nothing, for the mightiest key too', async () => {
    for (const as of ['raw', 'html', 'text']) {
      const answer = await server.call('GET', `/editions/${day}/preview?as=${as}&subscriber=1`)
      const plain = answer.body.replaceAll('=\r\n', '')
      expect(plain).toContain('/unsubscribe/preview')
      expect(workingLinks(plain)).toEqual([])
    }
  })
})

describe('a key of one scope', () => {
  it('sees no address, token or secret on the pages of the desk that its scope does not cover', {
    timeout: 120_000,
  }, async () => {
    const pages = server.routes.filter(({ url, method }) => url.startsWith('/admin') && method === 'GET')
    const faults = new Set<string>()
    const shown = new Set<string>()
    for (const scope of scopes) {
      const cookie = await signIn(server.app, await server.keyWith(scope))
      for (const { url } of pages.filter((page) => !page.url.includes('*'))) {
        const filled = url.replace(':period', day).replace(':paper', '2608.00001').replace(':id', '1')
        for (const query of ['', '?reader=1', '?q=ada']) {
          const answer = await server.app.inject({ url: filled + query, headers: { cookie } })
          if (answer.statusCode === 200) shown.add(url)
          for (const found of await seen(answer.body, scope)) faults.add(`${scope}: ${filled}: ${found}`)
        }
      }
    }
    expect([...faults]).toEqual([])
    expect(shown.size).toBeGreaterThan(12)
  })

  it('sees none in the answers of the API either, whether it reads or changes', {
    timeout: 120_000,
  }, async () => {
    const reads = operations.filter(({ method }) => method === 'GET')
    const deletes = operations.filter(({ method }) => method === 'DELETE')
    const changes = operations.filter((one) => !reads.includes(one) && !deletes.includes(one))
    const faults = new Set<string>()
    const answered = new Set<string>()
    for (const operation of [...reads, ...changes, ...deletes]) {
      for (const scope of scopes) {
        const key = await server.keyWith(scope)
        for (const call of callsOf(operation)) {
          const answer = await inject(call, key)
          const name = `${operation.method} ${operation.path}`
          if (answer.statusCode < 300) answered.add(name)
          for (const found of await seen(answer.body + JSON.stringify(answer.headers), scope)) {
            faults.add(`${scope}: ${call.method} ${call.url}: ${found}`)
          }
        }
      }
    }
    expect([...faults]).toEqual([])
    const silent = reads.filter(({ method, path }) => !answered.has(`${method} ${path}`))
    expect(silent.map(({ path }) => path)).toEqual([])
  })
})
