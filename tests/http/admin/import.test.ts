import type { AddressInfo } from 'node:net'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { endLostRuns } from '../../../src/operations/import/runs.js'
import { adminServer, testAdminKey } from '../../support/admin-services.js'
import { until } from '../../support/until.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer()
})

beforeEach(async () => {
  await server.services.db.sql('TRUNCATE subscriber, suppression, delivery, import_run CASCADE')
})

const rows = () => server.services.db.sql('SELECT email, status, source FROM subscriber ORDER BY email_key')

/** Uploads and waits for the end of the run. */
async function load(csv: string | Buffer, query = '') {
  const headers = { 'content-type': 'text/csv' }
  const begun = await server.call('POST', `/imports?${query}`, { body: csv, headers })
  expect(begun.statusCode, begun.body).toBe(202)
  return ended(begun.json().id)
}

async function ended(id: number) {
  const read = async () => (await server.call('GET', `/imports/${id}`)).json()
  await until(async () => (await read()).status !== 'running', { within: 60_000 })
  return read()
}

describe('an import', () => {
  it('maps columns, notes the source of consent, and goes into the audit log', async () => {
    const csv = 'E-Mail,Kind\na@example.org,unsubscribed\nb@example.org,\n'
    const run = await load(
      csv,
      'emailColumn=e-mail&statusColumn=Kind&source=fair&reason=the%20list%20of%20the%20fair',
    )
    expect(run).toMatchObject({ status: 'done', rows: 2, added: 2, faulty: 0, source: 'fair', fault: null })
    expect(await rows()).toEqual([
      { email: 'a@example.org', status: 'unsubscribed', source: 'fair' },
      { email: 'b@example.org', status: 'active', source: 'fair' },
    ])
    const audit = (await server.call('GET', `/audit?target=import:${run.id}`)).json().items
    expect(audit).toMatchObject([
      { action: 'import.done', after: { rows: 2, added: 2 }, why: 'the list of the fair' },
      { action: 'import.begun' },
    ])
  })

  it('gives the rows left out as a file', async () => {
    const run = await load('email,frequency\ngood@example.org,\nbad,\na@example.org,hourly\n')
    expect(run).toMatchObject({ rows: 3, added: 1, faulty: 2 })
    const faults = await server.call('GET', `/imports/${run.id}/faults.csv`)
    expect(faults.headers['content-disposition']).toBe(`attachment; filename="import-${run.id}-faults.csv"`)
    expect(faults.body).toMatch(/^line,reason\n3,.+\n4,.*frequency.*\n$/)
    expect(faults.body).not.toContain('example.org')
  })

  it('counts the same in a dry run, and changes nothing', async () => {
    const csv =
      'email,status\na@example.org,\nnobody,\na@example.org,\nb@example.org,\nb@example.org,unsubscribed\n'
    const dry = await load(csv, 'dryRun=true')
    expect(await rows()).toEqual([])
    const wet = await load(csv)
    expect(wet).toMatchObject({ rows: 5, added: 2, unchanged: 1, changed: 1, faulty: 1 })
    expect(dry).toMatchObject({ rows: 5, added: 2, faulty: 1, dryRun: true })
  })

  it.each([
    ['has no header', 'a@example.org\n', '', 'email'],
    ['lacks a column that was named', 'email\na@example.org\n', 'sourceColumn=Land', 'Land'],
  ])('fails as a whole when the file %s', async (_, csv, query, fault) => {
    const run = await load(csv, query)
    expect(run).toMatchObject({ status: 'failed', added: 0 })
    expect(run.fault).toContain(fault)
  })

  it('owes confirmations when asked to', async () => {
    await load('email\nnew@example.org\n', 'confirm=true')
    expect(await rows()).toMatchObject([{ status: 'pending' }])
    const owed = await server.services.db.sql('SELECT kind FROM delivery')
    expect(owed).toEqual([{ kind: 'confirmation' }])
  })

  it('shows a run whose process has ended as interrupted, and never as running for ever', async () => {
    const [run] = await server.services.db.sql<{ id: number }>(
      `INSERT INTO import_run (dry_run, who, started_at, updated_at) VALUES (false, 'cli', $1, $1) RETURNING id`,
      [server.clock.now()],
    )
    expect((await server.call('GET', `/imports/${run?.id}`)).json().status).toBe('running')
    server.clock.forward(61)
    expect((await server.call('GET', `/imports/${run?.id}`)).json()).toMatchObject({
      status: 'interrupted',
      fault: expect.stringContaining('Send the file again'),
      finishedAt: null,
    })
    await endLostRuns(server.services)
    expect((await server.call('GET', '/imports')).json().items).toMatchObject([
      { status: 'interrupted', finishedAt: server.clock.now().toISOString() },
    ])
  })

  it('refuses what is no CSV', async () => {
    const answer = await server.call('POST', '/imports', { body: { email: 'a@example.org' } })
    expect(answer.statusCode).toBe(400)
    expect((await server.call('GET', '/imports/77/faults.csv')).statusCode).toBe(404)
  })
})

// IMPORT_ROWS=100000 for the whole measure; the usual run is kept short.
describe('many rows', () => {
  it('go in quickly and out again, without growing memory', async () => {
    const count = Number(process.env['IMPORT_ROWS'] ?? 20_000)
    const csv = Buffer.from(
      `email,status\n${Array.from({ length: count }, (_, i) => (i % 1000 === 7 ? 'bad,' : `reader${i}@example.org,`)).join('\n')}\n`,
    )
    const base = await listen()
    global.gc?.()
    const before = process.memoryUsage.rss()
    let peak = before
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss())
    }, 50)
    const started = performance.now()
    const answer = await fetch(`${base}/imports`, {
      method: 'POST',
      body: csv,
      headers: { ...auth, 'content-type': 'text/csv' },
    })
    const run = await ended(((await answer.json()) as { id: number }).id)
    const seconds = (performance.now() - started) / 1000
    clearInterval(timer)
    console.info(`import: ${seconds.toFixed(1)} s, ${((peak - before) / 1e6).toFixed(0)} MB more`)
    expect(run).toMatchObject({ rows: count, added: count - count / 1000, faulty: count / 1000 })
    expect(seconds).toBeLessThan(30)
    expect(peak - before).toBeLessThan(50_000_000)
    let lines = 0
    const exported = await fetch(`${base}/subscribers.csv`, { headers: auth })
    for await (const chunk of exported.body ?? [])
      lines += Buffer.from(chunk).toString().split('\n').length - 1
    expect(lines).toBe(count - count / 1000 + 1)
  }, 120_000)

  const auth = { authorization: `Bearer ${testAdminKey}` }
  const listen = async () => {
    await server.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = server.app.server.address() as AddressInfo
    return `http://127.0.0.1:${port}/api/v1/admin`
  }
})
