import { refuseAfterwards } from '../../support/ledger.js'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { adminServer, day, listPapers } from '../../support/admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer()
  await listPapers(server, 5)
  for (const name of ['ada', 'bob', 'cid']) {
    await server.call('POST', '/subscribers', { body: { email: `${name}@example.org`, confirm: false } })
  }
  await server.call('POST', '/subscribers/2/suppress', { body: {} })
})

const step = (verb: string, body: object = {}) => server.call('POST', `/editions/${day}/${verb}`, { body })
const read = async (path = '') => (await server.call('GET', `/editions/${day}${path}`)).json()

async function outbox(): Promise<string[]> {
  const folder = join(server.services.config.dataDir, 'outbox')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'))
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
}

describe('an edition in the hands of an operator', () => {
  it('is built and built anew while it is a draft', async () => {
    expect((await server.call('GET', `/editions/${day}`)).statusCode).toBe(404)
    expect((await step('build')).json()).toMatchObject({ status: 'draft', number: null })
    await server.call('PUT', `/days/${day}/order`, { body: { ids: ['2608.00004'] } })
    const rebuilt = (await step('build', { reason: 'number four leads' })).json()
    expect(rebuilt.papers.map(({ id }: { id: string }) => id.slice(-1))).toEqual(['4', '1', '2', '3', '5'])
    expect(rebuilt.next).toContain('frozen shortly before')
    const list = (await server.call('GET', '/editions?kind=daily')).json()
    expect(list).toMatchObject({ items: [{ period: day, status: 'draft' }], next: null })
  })

  it('is seen as HTML, as text and raw, as a reader would', async () => {
    const html = await server.call('GET', `/editions/${day}/preview`)
    expect(html.headers['content-type']).toContain('text/html')
    expect(html.headers['content-security-policy']).toContain('sandbox')
    expect(html.body).toContain('Paper 4')
    expect(html.body).not.toContain('@@')
    const text = await server.call('GET', `/editions/${day}/preview?as=text`)
    expect(text.body).toContain('Paper 4')
    const raw = await server.call('GET', `/editions/${day}/preview?as=raw&subscriber=1`)
    expect(raw.headers['content-type']).toContain('message/rfc822')
    expect(raw.body).toMatch(/^To: .*ada@example\.org/m)
    expect((await server.call('GET', `/editions/${day}/preview?subscriber=999`)).statusCode).toBe(404)
  })

  it('tells who would get it and who not', async () => {
    const counted = await read('/dry-run')
    expect(counted).toMatchObject({
      readers: 2,
      leftOut: [{ reason: 'unsubscribed', count: 1 }],
      since: null,
    })
    expect(counted.summary).toContain('2 would get it; not: 1 unsubscribed')
    expect(counted.findings).toEqual([])
  })

  it('goes to one tester, as a delivery that counts in no report', async () => {
    const tested = await step('test', { to: 'me@example.org' })
    expect(tested.json()).toMatchObject({ outcome: 'accepted', deliveryId: expect.any(String) })
    const rows = await server.services.db.sql('SELECT kind, status, edition_id FROM delivery')
    expect(rows).toEqual([{ kind: 'test', status: 'accepted', edition_id: null }])
    expect(await outbox()).toEqual([expect.stringContaining('me@example.org')])
    expect((await step('test', { to: 'nobody' })).statusCode).toBe(422)
    expect(await read('/report')).toMatchObject({ owed: 0 })
  })

  it('is held, and approved with a reason alone', async () => {
    expect((await step('hold', { reason: 'is number four right?' })).json()).toMatchObject({
      status: 'held',
      reason: 'is number four right?',
    })
    expect((await step('send')).statusCode).toBe(422)
    expect((await step('approve')).statusCode).toBe(422)
    expect((await step('approve', { reason: 'it is' })).json()).toMatchObject({ status: 'frozen', number: 1 })
    expect((await step('build')).statusCode).toBe(409)
  })

  it('is scheduled, sent, paused and resumed', async () => {
    const sendAt = '2026-08-05T09:00:00.000Z'
    expect((await step('schedule', { sendAt })).json()).toMatchObject({ sendAt })
    expect((await step('pause')).json()).toMatchObject({ status: 'paused' })
    expect((await step('resume')).json()).toMatchObject({ status: 'frozen' })
    expect((await step('send', { reason: 'now' })).json()).toMatchObject({ next: 'It goes out now.' })
    const { id } = await read()
    await sendEdition(sendingParts(server.services), id)
    expect(await read()).toMatchObject({ status: 'sent', next: 'It is out.' })
    expect((await step('pause')).statusCode).toBe(409)
    expect(await read('/report')).toMatchObject({ owed: 2, byStatus: { accepted: 2 } })
    expect(await outbox()).toHaveLength(3)
  })

  it('goes on by "send" too where it was held on its way', async () => {
    const { id } = await read()
    const become = (status: string) =>
      server.services.db.sql('UPDATE edition SET status = $2 WHERE id = $1', [id, status])
    await become('held')
    expect((await step('send', { reason: 'the refusals were ours' })).json()).toMatchObject({
      status: 'sending',
    })
    await become('sent')
  })

  it('lists its deliveries by status and domain, page by page', async () => {
    const first = await read('/deliveries?limit=1')
    const second = await read(`/deliveries?limit=1&cursor=${first.next}`)
    expect([...first.items, ...second.items].map(({ subscriberId }) => subscriberId)).toEqual([1, 3])
    expect(second.next).toBeNull()
    expect((await read('/deliveries?status=rejected')).items).toEqual([])
    expect((await read('/deliveries?domain=Example.org&status=accepted')).items).toHaveLength(2)
  })

  it('tries again what was given up', async () => {
    await refuseAfterwards(server.services.db, 3)
    expect((await step('retry', { only: ['deferred', 'in-doubt'] })).json()).toEqual({ retried: 0 })
    const retried = await step('retry', { only: ['failed'], domain: 'EXAMPLE.org', reason: 'mended' })
    expect(retried.json()).toEqual({ retried: 1 })
    const { id } = await read()
    await sendEdition(sendingParts(server.services), id)
    expect(await read('/report')).toMatchObject({ status: 'sent', byStatus: { accepted: 2 } })
    expect(await outbox()).toHaveLength(4)
  })

  it('keeps in the log what was done to it and why', async () => {
    const audit = (await server.call('GET', `/audit?target=edition:${day}`)).json().items
    const told = audit.map(({ action, why }: { action: string; why: string }) => `${action}: ${why}`)
    expect(told.toReversed()).toEqual([
      'edition.built: null',
      'edition.built: number four leads',
      'edition.tested: null',
      'edition.held: is number four right?',
      'edition.approved: it is',
      'edition.scheduled: null',
      'edition.paused: null',
      'edition.resumed: null',
      'edition.sent: now',
      'edition.sent: the refusals were ours',
      'edition.retried: null',
      'edition.retried: mended',
    ])
  })

  it('is cancelled for good, with a reason', async () => {
    const cancel = (body: object) => server.call('POST', '/editions/2026-08-03/cancel', { body })
    await server.services.db.sql(
      `INSERT INTO edition (kind, period, day, status) VALUES ('daily', '2026-08-03', '2026-08-03', 'draft')`,
    )
    expect((await cancel({})).statusCode).toBe(422)
    expect((await cancel({ reason: 'a mistake' })).json()).toMatchObject({ status: 'cancelled' })
  })
})
