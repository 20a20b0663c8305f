import { beforeAll, describe, expect, it } from 'vitest'
import { listAudit, verifyAudit, writeAudit } from '../../../src/operations/audit.js'
import { idOf, makeKey } from '../../../src/operations/keys/key-format.js'
import * as keys from '../../../src/operations/keys/keys.js'
import { verifyKey } from '../../../src/http/admin/guard/verify-key.js'
import type { Services } from '../../../src/services.js'
import { adminServices, author, testAdminKey } from '../../support/admin-services.js'

let services: Services
let clock: Awaited<ReturnType<typeof adminServices>>['clock']

beforeAll(async () => {
  ;({ services, clock } = await adminServices())
})

const createKey = (input: keys.NewKey) =>
  services.db.transaction('request', (tx) => keys.createKey(tx, clock, input, author))
const rotateKey = (id: string, grace: number) =>
  services.db.transaction('request', (tx) => keys.rotateKey(tx, clock, id, grace, author))
const revokeKey = (id: string) =>
  services.db.transaction('request', (tx) => keys.revokeKey(tx, clock, id, author))

describe('a written key', () => {
  it('carries an id and a checksum', () => {
    const { key, id } = makeKey()
    expect(key).toMatch(/^dp_[0-9a-z]{8}[\w-]{49}$/)
    expect(idOf(key)).toBe(id)
  })

  it.each([
    ['with one letter changed', (key: string) => key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['cut short', (key: string) => key.slice(0, -1)],
    ['longer', (key: string) => `${key}A`],
    ['empty', () => ''],
  ])('is not taken %s', (_, change) => {
    expect(idOf(change(makeKey().key))).toBeUndefined()
  })
})

describe('keys', () => {
  it('open what their scopes say, and are stored as a hash alone', async () => {
    const { key, info } = await createKey({ name: 'import', scopes: ['subscribers:write'] })
    expect(await verifyKey(services, key)).toEqual({
      id: info.id,
      name: 'import',
      scopes: ['subscribers:write'],
    })
    const stored = JSON.stringify(await services.db.sql('SELECT row_to_json(k) FROM api_key k'))
    expect(stored).not.toContain(key.slice(11))
    expect(info.masked).toBe(`dp_${info.id}…`)
  })

  it('refuse the right id with another secret', async () => {
    const { key, info } = await createKey({ name: 'x', scopes: ['*'] })
    await services.db.sql('UPDATE api_key SET hash = $2 WHERE id = $1', [info.id, makeKey().hash])
    expect(await verifyKey(services, key)).toBeUndefined()
  })

  it('note their last use, once a minute', async () => {
    const { key, info } = await createKey({ name: 'used', scopes: ['*'] })
    const used = async () =>
      (await keys.listKeys(services.db, clock)).find(({ id }) => id === info.id)?.lastUsedAt
    expect(await used()).toBeNull()
    await verifyKey(services, key)
    const first = await used()
    expect(first).toEqual(clock.now())
    clock.forward(30)
    await verifyKey(services, key)
    expect(await used()).toEqual(first)
    clock.forward(31)
    await verifyKey(services, key)
    expect(await used()).toEqual(clock.now())
  })

  it('end when they expire', async () => {
    const expiresAt = new Date(clock.now().getTime() + 1000)
    const { key } = await createKey({ name: 'short', scopes: ['*'], expiresAt })
    expect(await verifyKey(services, key)).toBeDefined()
    clock.forward(1)
    expect(await verifyKey(services, key)).toBeUndefined()
    const late = createKey({ name: 'late', scopes: ['*'], expiresAt })
    await expect(late).rejects.toThrow('expired already')
  })

  it('end at once when revoked, and revoking again changes nothing', async () => {
    const { key, info } = await createKey({ name: 'lost', scopes: ['*'] })
    const revoked = await revokeKey(info.id)
    expect(revoked.state).toBe('revoked')
    expect(await verifyKey(services, key)).toBeUndefined()
    expect(await revokeKey(info.id)).toEqual(revoked)
    await expect(revokeKey('nosuchid')).rejects.toThrow('no such key')
    await expect(rotateKey(info.id, 60)).rejects.toThrow('revoked')
  })

  it('rotate with two valid keys for a while', async () => {
    const old = await createKey({ name: 'ci', scopes: ['papers:read'] })
    const next = await rotateKey(old.info.id, 600)
    expect(next.info).toMatchObject({ name: 'ci', scopes: ['papers:read'], replaces: old.info.id })
    expect(await verifyKey(services, old.key)).toBeDefined()
    expect(await verifyKey(services, next.key)).toBeDefined()
    clock.forward(600)
    expect(await verifyKey(services, old.key)).toBeUndefined()
    expect(await verifyKey(services, next.key)).toBeDefined()
  })

  it('have a first one in the environment', async () => {
    expect(await verifyKey(services, testAdminKey)).toEqual({
      id: 'ADMIN_KEY',
      name: 'ADMIN_KEY',
      scopes: ['*'],
    })
    expect(await verifyKey(services, `${testAdminKey}x`)).toBeUndefined()
  })
})

describe('the audit log', () => {
  it('says who did what and why, and never shows a key', async () => {
    const { key, info } = await createKey({ name: 'audited', scopes: ['audit:read'] })
    const [entry] = await listAudit(services.db, { limit: 1 })
    expect(entry).toMatchObject({
      who: 'cli',
      action: 'key.created',
      target: `key:${info.id}`,
      why: 'a test',
      after: { name: 'audited', scopes: ['audit:read'] },
    })
    expect(JSON.stringify(await listAudit(services.db, { limit: 1000 }))).not.toContain(key)
  })

  it('is undone with the change it stands for', async () => {
    const count = async () => (await verifyAudit(services.db)).entries
    const entries = await count()
    const failed = services.db.transaction('request', async (tx) => {
      await writeAudit(tx, clock, author, { action: 'a', target: 'b' })
      throw new Error('undone')
    })
    await expect(failed).rejects.toThrow('undone')
    expect(await count()).toBe(entries)
  })

  it('cannot be changed', async () => {
    for (const change of [`UPDATE audit SET who = 'x'`, 'DELETE FROM audit', 'TRUNCATE audit']) {
      await expect(services.db.sql(change)).rejects.toThrow('only grows')
    }
  })

  it('keeps one unbroken chain when many write at once', async () => {
    const write = (i: number) =>
      services.db.transaction('request', (tx) =>
        writeAudit(tx, clock, author, { action: 'many', target: `n:${i}`, before: { i }, after: { i } }),
      )
    await Promise.all(Array.from({ length: 30 }, (_, i) => write(i)))
    expect(await verifyAudit(services.db)).toMatchObject({ brokenAt: null })
  })

  it('shows an entry that somebody changed, or took away, behind its back', async () => {
    const verdict = await verifyAudit(services.db)
    await services.db.sql('ALTER TABLE audit DISABLE TRIGGER audit_only_grows')
    await services.db.sql(`UPDATE audit SET why = 'another' WHERE id = 3`)
    expect(await verifyAudit(services.db)).toMatchObject({ brokenAt: '3', head: verdict.head })
    await services.db.sql(`UPDATE audit SET why = 'a test' WHERE id = 3`)
    expect(await verifyAudit(services.db)).toEqual(verdict)
    await services.db.sql('DELETE FROM audit WHERE id = 5')
    expect(await verifyAudit(services.db)).toMatchObject({ brokenAt: '6' })
  })
})
