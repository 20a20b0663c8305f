import { beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../../src/operations/keys/keys.js'
import { adminServer, author } from '../../support/admin-services.js'
import { signIn } from '../../support/sign-in.js'
import { buildServer } from '../../../src/http/server.js'

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer()
})

const inDays = (days: number) => new Date(server.clock.now().getTime() + days * 86_400_000)
const idOf = (key: string) => key.slice(3, 11)
const brief = (expiresAt: Date) =>
  server.services.db.transaction('request', (tx) =>
    createKey(tx, server.clock, { name: 'brief', scopes: ['*'], expiresAt }, author),
  )
const grant = (key: string, body: object) =>
  server.call('POST', '/keys', { key, body: { name: 'made', ...body } })
const rotate = (key: string, id: string) =>
  server.call('POST', `/keys/${id}/rotate`, { key, body: { graceSeconds: 60 } })

describe('a key that may write keys', () => {
  it('grants what it holds and nothing else', async () => {
    const key = await server.keyWith('keys:write', 'papers:read')
    expect((await grant(key, { scopes: ['papers:read'] })).statusCode).toBe(201)
    for (const scopes of [['*'], ['papers:write'], ['papers:read', 'subscribers:read']]) {
      const refused = await grant(key, { scopes })
      expect(refused.statusCode, scopes.join(' ')).toBe(403)
      expect(refused.json().detail).toContain('does not hold')
    }
    const mighty = await server.keyWith('*')
    expect((await grant(mighty, { scopes: ['*'] })).statusCode).toBe(201)
  })

  it('neither rotates nor revokes a key that holds more', async () => {
    const key = await server.keyWith('keys:write')
    const mighty = await server.keyWith('*')
    expect((await rotate(key, idOf(mighty))).statusCode).toBe(403)
    expect((await server.call('DELETE', `/keys/${idOf(mighty)}`, { key })).statusCode).toBe(403)
    expect((await server.call('GET', '/audit', { key: mighty })).statusCode).toBe(200)
    const like = await server.keyWith('keys:write')
    expect((await rotate(key, idOf(like))).statusCode).toBe(201)
    expect((await server.call('DELETE', `/keys/${idOf(like)}`, { key })).statusCode).toBe(200)
  })

  it('gives its successor its own end', async () => {
    const expiresAt = inDays(1)
    const made = await brief(expiresAt)
    const rotated = await rotate(made.key, made.info.id)
    expect(rotated.json().info).toMatchObject({ expiresAt: expiresAt.toISOString() })
    const again = await server.call('POST', `/keys/${rotated.json().info.id}/rotate`, { body: {} })
    expect(again.json().info).toMatchObject({ expiresAt: expiresAt.toISOString() })
  })

  it('makes none that outlives it', async () => {
    const expiresAt = inDays(1)
    const { key } = await brief(expiresAt)
    const implied = await grant(key, { scopes: ['papers:read'] })
    expect(implied.json().info).toMatchObject({ expiresAt: expiresAt.toISOString() })
    const later = { scopes: ['papers:read'], expiresAt: inDays(2).toISOString() }
    expect((await grant(key, later)).statusCode).toBe(403)
    expect((await rotate(key, idOf(await server.keyWith('papers:read')))).statusCode).toBe(403)
  })
})

it('a new ADMIN_KEY ends the sessions of the old one', async () => {
  const { services, app } = server
  const cookie = await signIn(app, services.config.adminKey ?? '')
  const open = async (at: typeof app) => (await at.inject({ url: '/admin', headers: { cookie } })).statusCode
  expect(await open(app)).toBe(200)
  const config = { ...services.config, adminKey: 'another-admin-key-0123456789abcdefghi' }
  const restarted = await buildServer({ ...services, config })
  expect(await open(restarted)).toBe(303)
  await restarted.close()
  expect(await open(app)).toBe(200)
})
