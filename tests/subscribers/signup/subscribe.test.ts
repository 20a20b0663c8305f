import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { claimMailable } from '../../../src/deliveries/claim/claim-mailable.js'
import { inspectToken } from '../../../src/subscribers/signup/confirm.js'
import { defaultLimits, networkOf, siteOf } from '../../../src/subscribers/door/limits.js'
import { subscribe } from '../../../src/subscribers/signup/subscribe.js'
import { liftSuppression, suppress } from '../../../src/subscribers/leaving/suppress.js'
import { isListed, suppressionHash } from '../../../src/subscribers/leaving/listed.js'
import { confirm, resubscribe, unsubscribe } from '../../support/reader-steps.js'
import { boundless, evidence, mailedToken, owedTo, readerServices, statusOf } from '../../support/readers.js'
import { testDatabase } from '../../support/test-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

const { db } = await testDatabase()

const idOf = async (db: Db, email: string) =>
  (await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email]))[0]?.id ?? 0

async function active(email: string) {
  const services = { ...readerServices(db), limits: boundless }
  await subscribe(services, { email }, evidence)
  await confirm(services, await mailedToken(services, email), evidence)
  return { services, id: await idOf(db, email) }
}

describe('a sign-up', () => {
  it('owes a confirmation whose token is nowhere in clear, and keeps the evidence', async () => {
    const services = readerServices(db)
    await subscribe(services, { email: 'New@Example.org', source: 'footer' }, evidence)
    expect(await statusOf(db, 'new@example.org')).toBe('pending')
    expect(await owedTo(db, 'New@example.org')).toMatchObject([{ kind: 'confirmation', status: 'due' }])
    const token = await mailedToken(services, 'New@example.org')
    const [dump] = await db.sql<{ all: string }>(
      `SELECT (SELECT json_agg(t) FROM token t)::text || (SELECT json_agg(d) FROM delivery d)::text AS all`,
    )
    expect(dump?.all).not.toContain(token)
    expect(await db.sql('SELECT action, ip, text, source FROM consent')).toEqual([
      { action: 'signup', ip: '192.0.2.7', text: 'Mail me the papers.', source: 'footer' },
    ])
  })

  it('is confirmed once, brings the wishes about and owes a welcome', async () => {
    const services = readerServices(db)
    const email = 'wishes@example.org'
    await subscribe(services, { email, frequency: 'weekly', timezone: 'Asia/Tokyo' }, evidence)
    const token = await mailedToken(services, email)
    expect(await inspectToken(db, services.clock, token)).toMatchObject({ state: 'live' })
    expect(await statusOf(db, email)).toBe('pending')
    expect(await confirm(services, token, evidence)).toMatchObject({ outcome: 'confirmed' })
    expect(await confirm(services, token, evidence)).toMatchObject({ outcome: 'used', kind: 'confirm' })
    expect(
      await db.sql('SELECT status, frequency, timezone FROM subscriber WHERE email = $1', [email]),
    ).toEqual([{ status: 'active', frequency: 'weekly', timezone: 'Asia/Tokyo' }])
    expect((await owedTo(db, email)).map((row) => row.kind)).toEqual(['confirmation', 'welcome'])
  })

  it('tells used, expired, replaced and unknown tokens apart', async () => {
    const services = readerServices(db)
    const email = 'slow@example.org'
    await subscribe(services, { email }, evidence)
    const first = await mailedToken(services, email)
    services.pass(2)
    await subscribe(services, { email }, evidence)
    const second = await mailedToken(services, email)
    expect(await confirm(services, first, evidence)).toMatchObject({ outcome: 'replaced' })
    services.pass(24 * 7)
    expect(await confirm(services, second, evidence)).toMatchObject({ outcome: 'expired' })
    expect(await confirm(services, 'nonsense', evidence)).toEqual({ outcome: 'unknown' })
    expect(await confirm(services, randomBytes(32).toString('base64url'), evidence)).toEqual({
      outcome: 'unknown',
    })
    expect(await statusOf(db, email)).toBe('pending')
  })

  it('of an active address owes word of it and changes nothing', async () => {
    const { services } = await active('known@example.org')
    await subscribe(services, { email: 'KNOWN@example.org', frequency: 'weekly' }, evidence)
    expect((await owedTo(db, 'known@example.org')).map((row) => [row.kind, row.payload.about])).toEqual([
      ['confirmation', 'signup'],
      ['welcome', 'welcome'],
      ['notice', 'signup'],
    ])
    expect(await db.sql(`SELECT frequency FROM subscriber WHERE email = 'known@example.org'`)).toEqual([
      { frequency: 'daily' },
    ])
  })

  it('of an unsubscribed address waits for the confirmation', async () => {
    const { services, id } = await active('back@example.org')
    await unsubscribe(services, id, evidence)
    await subscribe(services, { email: 'back@example.org' }, evidence)
    expect(await statusOf(db, 'back@example.org')).toBe('unsubscribed')
    await confirm(services, await mailedToken(services, 'back@example.org'), evidence)
    expect(await statusOf(db, 'back@example.org')).toBe('active')
  })

  it('of a suppressed address leaves its mail out, with a row that says so', async () => {
    const { services } = await active('bounces@example.org')
    const at = services.clock.now()
    await db.transaction('request', (tx) =>
      suppress(tx, services.secrets, 'Bounces@example.org', 'bounced', { at, detail: '5.1.1' }),
    )
    await subscribe(services, { email: 'bounces@example.org' }, evidence)
    expect((await owedTo(db, 'bounces@example.org')).at(-1)).toMatchObject({
      status: 'left_out',
      reason: 'suppressed',
    })
    expect(await statusOf(db, 'bounces@example.org')).toBe('bounced')
    await db.transaction('request', (tx) => liftSuppression(tx, services.secrets, 'bounces@example.org', at))
    await subscribe(services, { email: 'bounces@example.org' }, evidence)
    expect((await owedTo(db, 'bounces@example.org')).at(-1)).toMatchObject({ status: 'due' })
  })

  it('of an erased address is confirmed by its click alone, which lifts the hash', async () => {
    const services = readerServices(db)
    await db.sql(`INSERT INTO suppression (hash, reason) VALUES ($1, 'erased')`, [
      suppressionHash(services.secrets, 'erased@example.org'),
    ])
    await subscribe(services, { email: 'Erased@example.org' }, evidence)
    expect(await statusOf(db, 'erased@example.org')).toBe('pending')
    const due = { editionId: null, limit: 100, now: services.clock.now(), leaseMs: 20_000, zone: 'UTC' }
    const { claimed } = await claimMailable(services, due)
    const to = claimed.filter(({ address }) => address === 'Erased@example.org').map(({ kind }) => kind)
    expect(to).toEqual(['confirmation'])
    expect(await isListed(db, services.secrets, 'erased@example.org')).toBe(true)
    const token = await mailedToken(services, 'Erased@example.org')
    await confirm(services, token, evidence)
    expect(await isListed(db, services.secrets, 'erased@example.org')).toBe(false)
    expect(await statusOf(db, 'erased@example.org')).toBe('active')
  })

  it.each([
    { email: 'a@example.org\nBcc: x@example.org' },
    { email: 'a@example.org', timezone: 'Mars/Olympus' },
    { email: 'a@example.org', frequency: 'hourly' as 'daily' },
    { email: 'a@example.org', source: 'x'.repeat(101) },
  ])('with %j is refused before anything is written', async (request) => {
    const before = await db.sql('SELECT count(*) FROM signup_count')
    await expect(subscribe(readerServices(db), request, evidence)).rejects.toMatchObject({
      code: 'unprocessable',
    })
    expect(await db.sql('SELECT count(*) FROM signup_count')).toEqual(before)
  })
})

describe('limits', () => {
  it('mail a victim once an hour, thrice a day and five times without a click', async () => {
    const services = readerServices(db, '2027-01-01T00:00:00Z')
    const email = 'victim@example.org'
    const counts: number[] = []
    for (let hours = 0; hours < 24 * 5; hours += 0.5) {
      await subscribe(
        services,
        { email: hours % 2 ? email : 'v.i.c.t.i.m+x@example.org' },
        {
          ...evidence,
          ip: `10.${Math.floor(hours)}.0.1`,
        },
      )
      services.pass(0.5)
      counts.push((await owedTo(db, email)).length + (await owedTo(db, 'v.i.c.t.i.m+x@example.org')).length)
    }
    expect(counts[0]).toBe(1)
    expect(counts[1]).toBe(1)
    expect(counts[2]).toBe(2)
    expect(counts[47]).toBe(3)
    expect(counts.at(-1)).toBe(5)
  })

  it('mail a victim of a thousand networks at once a single time', async () => {
    const limits = { ...defaultLimits, allMinute: 5000, proofMinute: 5000 }
    const services = { ...readerServices(db, '2027-02-01T00:00:00Z'), limits }
    const email = 'thousand@example.org'
    await Promise.all(
      Array.from({ length: 1000 }, (_, i) =>
        subscribe(services, { email }, { ...evidence, ip: `10.${i >> 8}.${i & 255}.1` }),
      ),
    )
    expect(await owedTo(db, email)).toHaveLength(1)
  })

  it('hold for a network and say when to come back', async () => {
    const services = {
      ...readerServices(db, '2027-03-01T00:10:00Z'),
      limits: { ...boundless, networkHour: 3 },
    }
    const from = (ip: string, n: number) =>
      subscribe(services, { email: `n${n}@example.net` }, { ...evidence, ip })
    for (const n of [1, 2, 3]) await from(`2001:db8:1:2::${n}`, n)
    await expect(from('2001:db8:1:2:ffff::1', 4)).rejects.toMatchObject({
      code: 'too-many-requests',
      retryAfter: 3000,
    })
    expect(await statusOf(db, 'n4@example.net')).toBeUndefined()
    await from('2001:db8:1:3::1', 5)
    services.pass(1)
    await from('2001:db8:1:2::1', 6)
  })

  it('hold for many at once as for one after the other', async () => {
    const services = {
      ...readerServices(db, '2027-04-01T00:00:00Z'),
      limits: { ...boundless, domainHour: 10 },
    }
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => subscribe(services, { email: `d${i}@domain.example` }, evidence)),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(10)
  })

  it('ask for a proof of work near the breaker, good once, and stop all beyond it', async () => {
    const limits = { ...boundless, proofMinute: 2, allMinute: 5 }
    const services = { ...readerServices(db, '2027-05-01T00:00:30Z'), limits }
    const proof = { hash: randomBytes(32), expires: new Date('2027-05-01T00:10:00Z') }
    const signup = (n: number, given: typeof proof | null = null) =>
      subscribe(services, { email: `p${n}@example.com` }, evidence, given)
    await signup(1)
    await signup(2)
    await expect(signup(3)).rejects.toMatchObject({ code: 'precondition-required' })
    await signup(4, proof)
    await expect(signup(5, proof)).rejects.toMatchObject({ code: 'precondition-required' })
    await expect(signup(6, { ...proof, hash: randomBytes(32) })).rejects.toMatchObject({
      code: 'too-many-requests',
      retryAfter: 30,
    })
    services.pass(1)
    await signup(7)
  })

  it.each([
    ['192.0.2.77', '192.0.2', null],
    ['::ffff:192.0.2.77', '192.0.2', null],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2', '2001:db8:1'],
    ['2001:0DB8::6', '2001:db8:0:0', '2001:db8:0'],
    ['::1', '0:0:0:0', '0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0', 'fe80:0:0'],
  ])('count %s as %s, within %s', (ip, network, site) => {
    expect([networkOf(ip), siteOf(ip)]).toEqual([network, site])
  })
})

describe('many at once', () => {
  it('sign up, confirm, leave and come back without losing anything or failing', async () => {
    const { services, id } = await active('busy@example.org')
    await subscribe(services, { email: 'busy2@example.org' }, evidence)
    const token = await mailedToken(services, 'busy2@example.org')
    const calls = Array.from({ length: 100 }, (_, i) => i).flatMap((i) => [
      subscribe(services, { email: i % 2 ? 'busy@example.org' : 'busy2@example.org' }, evidence),
      i % 3 ? unsubscribe(services, id, evidence) : resubscribe(services, id, evidence),
      confirm(services, token, evidence),
    ])
    const results = await Promise.allSettled(calls)
    expect(results.filter((result) => result.status === 'rejected')).toEqual([])
    const outcomes = results.map((result) => (result.status === 'fulfilled' ? result.value : null))
    const confirmed = outcomes.filter(
      (value) => value && typeof value === 'object' && 'outcome' in value && value.outcome === 'confirmed',
    )
    expect(confirmed.length).toBeLessThanOrEqual(1)
    expect((await owedTo(db, 'busy2@example.org')).filter((row) => row.kind === 'welcome')).toHaveLength(
      confirmed.length,
    )
    const owed = [...(await owedTo(db, 'busy@example.org')), ...(await owedTo(db, 'busy2@example.org'))]
    expect(owed.filter((row) => row.payload.about === 'signup')).toHaveLength(102)
  })

  it('change a status only along the arrows', async () => {
    await active('arrows@example.org')
    await expect(
      db.sql(`UPDATE subscriber SET status = 'pending' WHERE email = 'arrows@example.org'`),
    ).rejects.toThrow('cannot go from active to pending')
  })
})
