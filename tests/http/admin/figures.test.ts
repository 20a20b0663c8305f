/** What is counted, tried again and refused is what can be: over a relay that says no. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { adminServer, day, listPapers } from '../../support/admin-services.js'
import { type RelayStandIn, startRelay } from '../../support/relay-stand-in.js'

let server: Awaited<ReturnType<typeof adminServer>>
let relay: RelayStandIn
const says = new Map<string, string>()

beforeAll(async () => {
  relay = await startRelay({
    command: (line) =>
      /^RCPT TO:<(.*?)@/i.test(line) ? says.get(/<(.*?)@/.exec(line)?.[1] ?? '') : undefined,
  })
  server = await adminServer({ MAIL_URL: relay.url })
  await listPapers(server, 5)
  for (const name of ['ada', 'gone', 'left', 'late', 'full']) {
    await server.call('POST', '/subscribers', { body: { email: `${name}@example.org`, confirm: false } })
  }
  await server.call('POST', `/editions/${day}/build`, { body: {} })
})
afterAll(() => relay?.close())

const step = (verb: string, body: object = {}) => server.call('POST', `/editions/${day}/${verb}`, { body })
const read = async (path = '') => (await server.call('GET', `/editions/${day}${path}`)).json()

describe('figures of an edition', () => {
  it('a test mail that is refused says so, and suppresses nobody', async () => {
    says.set('ada', '550 5.1.1 user unknown')
    expect((await step('test', { to: 'ada@example.org' })).json()).toMatchObject({
      outcome: 'rejected',
      reply: expect.stringContaining('user unknown'),
    })
    says.delete('ada')
    expect((await server.call('GET', '/suppressions')).json().items).toEqual([])
    expect((await step('test', { to: 'ada@example.org' })).json()).toMatchObject({ outcome: 'accepted' })
  })

  it('a time that has passed is refused, and one before the day of a draft has ended', async () => {
    const refused = async (sendAt: string) => (await step('schedule', { sendAt })).json()
    expect(await refused('2026-08-05T04:59:00Z')).toMatchObject({
      status: 422,
      detail: expect.stringContaining('has passed'),
    })
    server.clock.set('2026-08-04T20:00:00Z')
    expect(await refused('2026-08-04T23:02:00Z')).toMatchObject({
      detail: expect.stringContaining('2026-08-05 00:00'),
    })
    server.clock.set('2026-08-05T05:00:00Z')
    expect((await step('schedule', { sendAt: '2026-08-05T05:30:00Z' })).statusCode).toBe(200)
  })

  it('while nothing moves, the next try is told', async () => {
    says.set('gone', '550 5.1.1 user unknown')
    says.set('left', '550 5.7.1 not you')
    says.set('late', '550 5.7.1 not you')
    says.set('full', '452 4.2.2 mailbox full')
    await step('approve')
    await step('send')
    const { id } = await read()
    const stop = new AbortController()
    const onProgress = ({ done }: { done: number }) => {
      if (done === 4) stop.abort()
    }
    await sendEdition(sendingParts(server.services), id, { signal: stop.signal, onProgress })
    const progress = await read('/progress')
    expect(progress).toMatchObject({ owed: 5, settled: 4, accepted: 1, perSecond: 0 })
    expect(Date.parse(progress.nextDueAt)).toBeGreaterThan(server.clock.now().getTime())
  })

  it('only what can be sent is tried again: who is suppressed or has left stays as they ended', async () => {
    await server.call('POST', '/subscribers/3/unsubscribe', { body: {} })
    expect(await read('/report')).toMatchObject({ byStatus: { rejected: 3, deferred: 1 } })
    expect((await step('retry', { only: ['failed'] })).json()).toEqual({ retried: 1 })
    expect(await read('/report')).toMatchObject({ byStatus: { rejected: 2, due: 1, deferred: 1 } })
    expect((await step('retry', { only: [] })).statusCode).toBe(400)
  })
})
