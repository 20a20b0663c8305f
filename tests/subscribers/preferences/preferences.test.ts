import { describe, expect, it } from 'vitest'
import { requestChange } from '../../../src/subscribers/preferences/change-address.js'
import { eraseSubscriber } from '../../../src/subscribers/leaving/erase.js'
import { readOwnData } from '../../../src/subscribers/preferences/own-data.js'
import { type Preferences, readPreferences } from '../../../src/subscribers/preferences/preferences.js'
import { forgetConsents, forgetPending, forgetSignups } from '../../../src/subscribers/leaving/retention.js'
import { subscribe } from '../../../src/subscribers/signup/subscribe.js'
import { confirm, savePreferences } from '../../support/reader-steps.js'
import { boundless, evidence, mailedToken, owedTo, readerServices, statusOf } from '../../support/readers.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const services = { ...readerServices(db), limits: boundless }

async function active(email: string): Promise<number> {
  await subscribe(services, { email }, evidence)
  await confirm(services, await mailedToken(services, email), evidence)
  const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  return row?.id ?? 0
}

const plain: Preferences = {
  frequency: 'daily',
  detail: 'full',
  timezone: null,
  hour: null,
  pausedUntil: null,
  unmeasured: false,
}

describe('preferences', () => {
  it('are kept, with evidence', async () => {
    const id = await active('likes@example.org')
    const wanted: Preferences = {
      frequency: 'weekdays',
      detail: 'short',
      timezone: 'Asia/Tokyo',
      hour: 7,
      pausedUntil: '2026-06-01',
      unmeasured: false,
    }
    await savePreferences(services, id, wanted, evidence)
    expect(await readPreferences(db, id)).toEqual({ email: 'likes@example.org', status: 'active', ...wanted })
    await savePreferences(services, id, plain, evidence)
    expect(await readPreferences(db, id)).toMatchObject(plain)
    expect(
      await db.sql(`SELECT detail->>'frequency' AS f FROM consent WHERE action = 'preferences' ORDER BY id`),
    ).toEqual([{ f: 'weekdays' }, { f: 'daily' }])
  })

  it.each([
    [{ frequency: 'hourly' as 'daily' }, 'how often'],
    [{ detail: 'nothing' as 'full' }, 'how much'],
    [{ timezone: 'Mars/Olympus' }, 'time zone'],
    [{ hour: 24 }, 'hour'],
    [{ hour: Number.NaN }, 'hour'],
    [{ pausedUntil: '2026-02-30', unmeasured: false }, 'date'],
    [{ pausedUntil: '2028-01-01', unmeasured: false }, 'a year at most'],
  ])('refuse %j', async (wrong, because) => {
    await expect(savePreferences(services, 1, { ...plain, ...wrong }, evidence)).rejects.toThrow(because)
  })

  it('say when the subscriber is gone', async () => {
    await expect(savePreferences(services, 999_999, plain, evidence)).rejects.toMatchObject({ code: 'gone' })
    expect(await readPreferences(db, 999_999)).toBeNull()
  })
})

describe('a change of address', () => {
  it('happens when it is confirmed from the new one, and the old one is told', async () => {
    const id = await active('before@example.org')
    await requestChange(services, id, 'After@Example.net', evidence)
    expect(await statusOf(db, 'after@example.net')).toBeUndefined()
    const token = await mailedToken(services, 'After@example.net')
    expect(await confirm(services, token, evidence)).toMatchObject({ outcome: 'changed', subscriberId: id })
    expect(await readPreferences(db, id)).toMatchObject({ email: 'After@example.net', status: 'active' })
    expect((await owedTo(db, 'before@example.org')).at(-1)).toMatchObject({ payload: { about: 'moved' } })
    expect(await confirm(services, token, evidence)).toMatchObject({ outcome: 'used', kind: 'change' })
  })

  it('mails nobody who subscribes already or is suppressed', async () => {
    const id = await active('one@example.org')
    await active('two@example.org')
    const before = (await owedTo(db, 'two@example.org')).length
    await requestChange(services, id, 'TWO@example.org', evidence)
    expect(await owedTo(db, 'TWO@example.org')).toEqual([])
    expect(await owedTo(db, 'two@example.org')).toHaveLength(before)
  })

  it('fails when the new address was taken meanwhile', async () => {
    const id = await active('three@example.org')
    await requestChange(services, id, 'four@example.org', evidence)
    const token = await mailedToken(services, 'four@example.org')
    await active('four@example.org')
    expect(await confirm(services, token, evidence)).toMatchObject({ outcome: 'taken' })
    expect(await readPreferences(db, id)).toMatchObject({ email: 'three@example.org' })
  })
})

describe('erasing', () => {
  it('leaves nothing but a keyed hash and counts without an address', async () => {
    const id = await active('erase.me@example.org')
    await requestChange(services, id, 'erase.too@example.org', evidence)
    await db.sql(
      `INSERT INTO attempt (delivery_id, at, outcome, code, reply)
       SELECT id, now(), 'deferred', 450, '450 <erase.me@example.org> later' FROM delivery WHERE subscriber_id = $1`,
      [id],
    )
    expect(JSON.stringify(await readOwnData(db, id))).toContain('erase.me@example.org')
    expect(await eraseSubscriber(services, id)).toBe(true)
    expect(await eraseSubscriber(services, id)).toBe(false)
    const tables = ['subscriber', 'token', 'consent', 'suppression', 'delivery', 'attempt', 'signup_guard']
    for (const table of tables) {
      const [row] = await db.sql<{ all: string }>(
        `SELECT coalesce(json_agg(t)::text, '') AS all FROM ${table} t`,
      )
      expect(row?.all, table).not.toMatch(/erase\.(me|too)/)
    }
    expect(await db.sql(`SELECT DISTINCT status, reason FROM delivery WHERE reason = 'erased'`)).toEqual([
      { status: 'left_out', reason: 'erased' },
    ])
    await subscribe(services, { email: 'Erase.Me@example.org' }, evidence)
    // Asked anew, and written down until that is confirmed or forgotten.
    expect(await statusOf(db, 'erase.me@example.org')).toBe('pending')
  })

  it('stands or falls with what is written alongside', async () => {
    const id = await active('both@example.org')
    const failed = eraseSubscriber(services, id, async () => {
      throw new Error('the log is full')
    })
    await expect(failed).rejects.toThrow('the log is full')
    expect(await statusOf(db, 'both@example.org')).toBe('active')
    expect(await eraseSubscriber(services, id)).toBe(true)
  })
})

describe('retention', () => {
  it('forgets what has served its purpose, and nothing else', async () => {
    await subscribe(services, { email: 'never@example.org' }, evidence)
    const id = await active('gone@example.org')
    await db.sql(`UPDATE subscriber SET status = 'unsubscribed', unsubscribed_at = $2 WHERE id = $1`, [
      id,
      services.clock.now(),
    ])
    const stays = await active('stays@example.org')
    expect(await forgetPending(services)).toBe(0)
    services.pass(24 * 40)
    expect(await forgetSignups(services)).toBeGreaterThan(3)
    expect(await db.sql('SELECT 1 FROM token')).toEqual([])
    expect(await db.sql('SELECT 1 FROM signup_guard')).toEqual([])
    expect(await forgetPending(services)).toBe(2)
    expect(await statusOf(db, 'erase.me@example.org')).toBeUndefined()
    expect(await statusOf(db, 'never@example.org')).toBeUndefined()
    expect(await forgetConsents(services)).toBe(0)
    services.pass(24 * 365 * 3)
    expect(await forgetConsents(services)).toBe(2)
    expect(await db.sql('SELECT action FROM consent WHERE subscriber_id = $1', [stays])).toHaveLength(2)
  })
})
