import { beforeAll, describe, expect, it } from 'vitest'
import { unseal } from '../../../src/config/sealed.js'
import { beginCall } from '../../../src/operations/idempotent-store.js'
import { eraseSubscriber } from '../../../src/subscribers/leaving/erase.js'
import { adminServer, testAdminKey } from '../../support/admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer()
})

const make = (name: string, key: string) =>
  server.call('POST', '/keys', {
    body: { name, scopes: ['papers:read'] },
    headers: { 'idempotency-key': key },
  })
const count = async () => (await server.call('GET', '/keys')).json().items.length

describe('an Idempotency-Key', () => {
  it('gives the same call the same answer, and does it once', async () => {
    const before = await count()
    const first = await make('once', 'k-1')
    const second = await make('once', 'k-1')
    expect(first.statusCode).toBe(201)
    expect(second.statusCode).toBe(201)
    expect(second.body).toBe(first.body)
    expect(second.headers['content-type']).toBe(first.headers['content-type'])
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(await count()).toBe(before + 1)
  })

  it('refuses another body', async () => {
    await make('one', 'k-2')
    expect((await make('another', 'k-2')).statusCode).toBe(422)
  })

  it('answers 409 while the first call runs', async () => {
    const answers = await Promise.all([make('race', 'k-3'), make('race', 'k-3'), make('race', 'k-3')])
    const statuses = answers.map(({ statusCode }) => statusCode)
    expect(statuses).toContain(201)
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true)
    const names = (await server.call('GET', '/keys')).json().items.map((item: { name: string }) => item.name)
    expect(names.filter((name: string) => name === 'race')).toHaveLength(1)
  })

  it('keeps refusals too', async () => {
    const rotate = () =>
      server.call('POST', '/keys/nosuchid/rotate', { body: {}, headers: { 'idempotency-key': 'k-4' } })
    const first = await rotate()
    expect(first.statusCode).toBe(404)
    expect((await rotate()).body).toBe(first.body)
  })

  it('is one holder’s own', async () => {
    await make('mine', 'k-5')
    const key = await server.keyWith('*')
    const body = { name: 'theirs', scopes: ['papers:read'] }
    const answer = await server.call('POST', '/keys', { body, key, headers: { 'idempotency-key': 'k-5' } })
    expect(answer.statusCode).toBe(201)
  })

  it('is free again when its first call was lost, or a day has passed', async () => {
    const call = { holder: 'h', key: 'lost', requestHash: Buffer.alloc(32) }
    expect(await beginCall(server.services, call)).toBeUndefined()
    await expect(beginCall(server.services, call)).rejects.toThrow('still runs')
    server.clock.forward(121)
    expect(await beginCall(server.services, call)).toBeUndefined()
    server.clock.forward(25 * 3600)
    expect(await beginCall(server.services, { ...call, requestHash: Buffer.alloc(32, 1) })).toBeUndefined()
  })

  it('stores no answer in clear', async () => {
    const key = (await make('secret', 'k-6')).json().key
    const rows = await server.services.db.sql<{ answer: Buffer }>(
      'SELECT answer FROM idempotent_call WHERE answer IS NOT NULL',
    )
    for (const row of rows) expect(row.answer.toString('latin1')).not.toContain(key)
    expect(JSON.stringify(rows)).not.toContain(testAdminKey)
  })

  it('does not keep the address of somebody who is erased', async () => {
    const { db, secrets } = server.services
    const add = (email: string, key: string) =>
      server.call('POST', '/subscribers', {
        body: { email, confirm: false, reason: `asked for by ${email}` },
        headers: { 'idempotency-key': key },
      })
    const first = await add('Gone@sealed.example', 'k-erase')
    const other = await add('bgone@sealed.example', 'k-stays')
    expect([first.statusCode, other.statusCode]).toEqual([201, 201])
    expect(first.body).toContain('@sealed.example')
    const { id } = first.json<{ id: number }>()
    expect(await eraseSubscriber(server.services, id)).toBe(true)
    const kept = await db.models.idempotentCall.findMany({ where: { key: { in: ['k-erase', 'k-stays'] } } })
    const texts = kept.map(({ answer }) => answer && unseal(secrets, answer))
    expect(texts).toHaveLength(2)
    expect(texts.filter((text) => /(?<!b)gone@sealed/i.test(text ?? ''))).toEqual([])
    expect((await add('bgone@sealed.example', 'k-stays')).body).toBe(other.body)
  })
})
