import { beforeEach, describe, expect, it } from 'vitest'
import {
  type CanaryCount,
  canarySize,
  judgeCanaries,
  verdictOf,
} from '../../../src/deliveries/ledger/canary.js'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { answerRefusals } from '../../../src/deliveries/rates/refusals.js'
import { retryDeliveries, type RetryOptions } from '../../../src/deliveries/reports/retry-deliveries.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { configureThrottles, readThrottles } from '../../../src/deliveries/throttle/throttle-store.js'
import { climbBack } from '../../../src/deliveries/throttle/slow-down.js'
import type { Claimed } from '../../../src/deliveries/ledger/delivery.js'
import { settle } from '../../../src/deliveries/settle/settle.js'
import { settlementOf } from '../../../src/deliveries/settle/settlement.js'
import { outcomeOf } from '../../../src/mail/mailer/outcome.js'
import {
  acceptedBy,
  addEdition,
  addReaders,
  refusedWith,
  type Script,
  scriptedParts,
} from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'
import { until } from '../../support/until.js'

const { db } = await testDatabase()
const sendAt = new Date('2026-05-06T06:00:00Z')
const after = (seconds: number) => new Date(sendAt.getTime() + seconds * 1_000)

beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, edition, delivery, throttle CASCADE')
})

function parts(script: Script, env: NodeJS.ProcessEnv = {}) {
  const started = Date.now()
  const made = scriptedParts(db, () => new Date(sendAt.getTime() + Date.now() - started), script, {
    env: { RETRY_SECONDS: '1', ...env },
  })
  made.classify = outcomeOf
  made.afterRefusal = answerRefusals(made.services.secrets, { of: () => 40 })
  return made
}

async function fannedOut(readers: number, domains = ['one.example'], env: NodeJS.ProcessEnv = {}) {
  await addReaders(db, readers, { domains })
  const edition = await addEdition(db, { sendAt })
  await fanOut(parts(() => acceptedBy('one'), env).services, edition)
  return edition
}

async function claimAll(editionId: number, limit: number, now: Date): Promise<Claimed[]> {
  const found: Claimed[] = []
  for (;;) {
    const request = { editionId, limit, now, leaseMs: 20_000, zone: 'UTC' }
    const { claimed, more } = await claimDue(db, request)
    found.push(...claimed)
    if (!more) return found
  }
}

const claim = async (editionId: number, limit: number, now: Date) =>
  (await claimAll(editionId, limit, now)).map(({ domain }) => domain)

describe('bounds shared by all workers', () => {
  it('let so many of all mails go in a second, whoever sends them', async () => {
    const edition = await fannedOut(50)
    await configureThrottles(db, { overall: 10, domains: {} }, sendAt)
    await db.sql('UPDATE throttle SET tokens = 0')
    const both = await Promise.all([1, 2].map(() => claim(edition, 40, after(1))))
    expect(both.flat()).toHaveLength(10)
    expect(await claim(edition, 40, after(1.05))).toHaveLength(0)
    expect(await claim(edition, 40, after(1.5))).toHaveLength(5)
  })

  it('let a slow domain wait, and no other one behind it', async () => {
    const edition = await fannedOut(60, ['slow.example', 'fast.example'])
    await configureThrottles(db, { overall: undefined, domains: { 'slow.example': 2 } }, sendAt)
    const first = await claim(edition, 60, after(0))
    expect(first.filter((domain) => domain === 'slow.example')).toHaveLength(1)
    expect(first.filter((domain) => domain === 'fast.example')).toHaveLength(30)
    expect(await claim(edition, 60, after(0.1))).toEqual([])
    let rest = 0
    for (let seconds = 1; seconds <= 20; seconds += 1) {
      const claimed = await claim(edition, 60, after(seconds))
      expect(claimed.length).toBeLessThanOrEqual(2)
      rest += claimed.length
    }
    expect(rest).toBe(29)
  })

  it('are lifted when the configuration no longer has them', async () => {
    await configureThrottles(db, { overall: 5, domains: { 'a.example': 1 } }, sendAt)
    await configureThrottles(db, { overall: undefined, domains: { 'a.example': 3 } }, sendAt)
    expect(await readThrottles(db)).toEqual([
      { scope: 'domain', key: 'a.example', rate: 3, ceiling: 3, slowedAt: null },
    ])
  })

  it('are halved for a domain that refuses for policy, and climb back', async () => {
    const edition = await fannedOut(8, ['strict.example', 'calm.example'])
    const refusals = new Set<string>()
    const sending = parts((to) => {
      if (!to.endsWith('strict.example') || refusals.has(to)) return acceptedBy('one')
      refusals.add(to)
      return refusedWith(421, '4.7.28', 'too many messages')
    })
    const stop = new AbortController()
    const sent = sendEdition(sending, edition, { signal: stop.signal })
    await until(async () => (await readThrottles(db)).length > 0)
    stop.abort()
    await sent
    const [throttle] = await readThrottles(db)
    expect(throttle).toMatchObject({ key: 'strict.example', rate: 20, ceiling: null })
    await climbBack(db, after(30))
    expect((await readThrottles(db))[0]?.rate).toBe(20)
    await climbBack(db, after(90))
    expect((await readThrottles(db))[0]?.rate).toBe(30)
    await climbBack(db, after(120))
    expect((await readThrottles(db))[0]?.rate).toBe(30)
    await climbBack(db, after(160))
    expect(await readThrottles(db)).toEqual([])
  })
})

describe('a canary', () => {
  it.each<[string, CanaryCount, string]>([
    ['still out', { size: 50, tried: 40, bad: 0, running: 10 }, 'wait'],
    ['well', { size: 50, tried: 50, bad: 5, running: 0 }, 'go'],
    ['badly', { size: 50, tried: 50, bad: 6, running: 0 }, 'hold'],
    ['too few to tell', { size: 10, tried: 4, bad: 4, running: 0 }, 'go'],
    ['given back untried', { size: 50, tried: 0, bad: 0, running: 0 }, 'go'],
  ])('that is %s', (_, count, verdict) => {
    expect(verdictOf(count)).toBe(verdict)
  })

  it('is a hundredth of a large edition, and nothing of a small one', () => {
    const times = (first: number, others: number) => [
      { at: after(3_600), rows: others },
      { at: sendAt, rows: first },
    ]
    expect(canarySize(times(49, 4_950), 1)).toBeNull()
    expect(canarySize(times(50, 4_950), 1)).toBe(50)
    expect(canarySize(times(190, 19_810), 1)).toBe(190)
    expect(canarySize(times(230, 19_780), 1)).toBe(201)
    expect(canarySize(times(3, 19_997), 1)).toBe(50)
    expect(canarySize(times(200, 19_800), 0)).toBeNull()
  })

  it('is chosen by chance, so that every domain has its share, and goes out before all others', async () => {
    // Readers of one domain came one after another, as they do from imports.
    for (const domain of Array.from({ length: 10 }, (_, n) => `d${n}.example`)) {
      await addReaders(db, 1_000, { domains: [domain] })
    }
    await addReaders(db, 500, { domains: ['later.example'], prefix: 'late' })
    await db.sql(`UPDATE subscriber SET hour = 9, timezone = 'UTC' WHERE domain = 'later.example'`)
    const edition = await addEdition(db, { sendAt })
    await fanOut(parts(() => acceptedBy('one')).services, edition)
    const [{ canary } = { canary: 0 }] = await db.sql<{ canary: number }>('SELECT canary FROM edition')
    // A binomial spread of ten; these bounds are six of them away.
    expect(canary).toBeGreaterThanOrEqual(50)
    expect(canary).toBeLessThanOrEqual(105)
    const first = await claim(edition, 500, sendAt)
    expect(first).toHaveLength(canary)
    expect(new Set(first).size).toBeGreaterThanOrEqual(7)
    expect(first).not.toContain('later.example')
    const [due] = await db.sql<{ early: Date; hour: number }>(
      `SELECT min(due_at) AS early, count(*) FILTER (WHERE due_at > $1::timestamptz + interval '2 hours')::int AS hour
       FROM mail_owed`,
      [sendAt],
    )
    expect(due).toEqual({ early: after(-0.001), hour: 500 })
  })

  async function withCanary(size: number, readers = 100) {
    const edition = await fannedOut(readers)
    await db.sql('UPDATE edition SET canary = $1, canary_left = $1', [size])
    return edition
  }

  it('goes first and lets the others follow', async () => {
    const edition = await withCanary(20)
    const first = await claimAll(edition, 60, sendAt)
    expect(first).toHaveLength(20)
    expect(await claim(edition, 60, sendAt)).toEqual([])
    const policy = { now: sendAt, retryBaseMs: 1, inDoubt: 'resend', random: 0, classify: outcomeOf } as const
    const accepted = first.map((mail) => settlementOf(mail, acceptedBy('one'), policy))
    await settle(db, accepted, async () => {})
    expect(await judgeCanaries(db, sendAt)).toMatchObject([{ id: edition, verdict: 'go' }])
    expect(await claim(edition, 100, sendAt)).toHaveLength(80)
  })

  it('that fares badly holds the edition until a human has looked', async () => {
    const edition = await withCanary(20)
    const sending = parts(() => refusedWith(550, '5.7.1', 'blocked'))
    const summary = await sendEdition(sending, edition)
    expect(summary).toMatchObject({ status: 'held', byStatus: { due: 80, rejected: 20, claimed: 0 } })
    const [row] = await db.sql('SELECT status, reason FROM edition')
    expect(row).toEqual({ status: 'held', reason: '20 of the first 20 mails were refused' })
  })
})

describe('trying again', () => {
  const retry = (edition: number, options: RetryOptions, at: Date) =>
    db.transaction('job', (tx) => retryDeliveries(tx, edition, options, at))

  it('makes due what had failed, and the edition goes on', async () => {
    const edition = await fannedOut(10)
    const first = parts((to) =>
      to === 'r1@one.example' ? refusedWith(554, '5.5.0', 'syntax') : acceptedBy('one'),
    )
    expect(await sendEdition(first, edition)).toMatchObject({ status: 'sent', whole: false })
    expect(await retry(edition, { only: ['deferred'] }, sendAt)).toBe(0)
    expect(await retry(edition, { only: ['failed'] }, sendAt)).toBe(1)
    expect(
      await sendEdition(
        parts(() => acceptedBy('one')),
        edition,
      ),
    ).toMatchObject({ status: 'sent', whole: true })
  })

  it('sends what was held in doubt', async () => {
    const edition = await fannedOut(3)
    const doubtful = parts(() => ({ outcome: 'in_doubt', relay: 'one', fault: 'lost', durationMs: 1 }), {
      IN_DOUBT: 'hold',
    })
    expect(await sendEdition(doubtful, edition)).toMatchObject({ status: 'sent', held: 3 })
    expect(await retry(edition, { only: ['in-doubt'] }, sendAt)).toBe(3)
    expect(
      await sendEdition(
        parts(() => acceptedBy('one')),
        edition,
      ),
    ).toMatchObject({ whole: true })
  })

  it('is refused where nothing has gone out', async () => {
    const edition = await addEdition(db, { sendAt })
    await expect(retry(edition, { only: ['failed'] }, sendAt)).rejects.toThrow('frozen')
    await expect(retry(4711, { only: ['failed'] }, sendAt)).rejects.toThrow('no edition')
  })
})
