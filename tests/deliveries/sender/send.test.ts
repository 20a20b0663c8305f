import { setImmediate as nextTurn, setTimeout as latency } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { runWaitedLane } from '../../../src/deliveries/lanes/lanes.js'
import { editionReport } from '../../../src/deliveries/reports/report.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { cancelEdition, pauseEdition, resumeEdition } from '../../../src/editions/building/steer.js'
import { oweMail } from '../../../src/mail/owe.js'
import type { Attempted } from '../../../src/mail/mailer/mailer.js'
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

/** Time runs on from the edition's hour. */
function runningClock(from = sendAt) {
  const started = Date.now()
  return () => new Date(from.getTime() + Date.now() - started)
}

function parts(script: Script, options: { capacity?: number; env?: NodeJS.ProcessEnv } = {}) {
  const env = { RETRY_SECONDS: '1', LEASE_SECONDS: '2', ...options.env }
  return scriptedParts(db, runningClock(), script, { ...options, env })
}

/** A relay that takes its time. */
const slowly = (ms: number): Promise<Attempted> => latency(ms, acceptedBy('one'))

beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, edition, delivery CASCADE')
})

async function editionFor(readers: number, domains?: string[]): Promise<number> {
  await addReaders(db, readers, domains ? { domains } : {})
  return addEdition(db, { sendAt })
}

describe('sending an edition', () => {
  it('mails everybody once, settles every row and marks the edition as sent', async () => {
    const edition = await editionFor(300)
    const sending = parts(() => acceptedBy('one'))
    const seen: number[] = []
    const summary = await sendEdition(sending, edition, { onProgress: ({ done }) => seen.push(done) })
    expect(summary).toMatchObject({ status: 'sent', whole: true, owed: 300, done: 300, open: 0 })
    expect(new Set(sending.received.map(({ to }) => to)).size).toBe(300)
    expect(sending.received).toHaveLength(300)
    expect(seen.length).toBeGreaterThan(0)
    const report = await editionReport(db, edition)
    expect(report).toMatchObject({ owed: 300, status: 'sent', notSent: [] })
    expect(report?.attempts.accepted).toBe(300)
  })

  it('is done by two workers at once without mailing anybody twice', async () => {
    const edition = await editionFor(400)
    const bothSend = () => workers.every(({ received }) => received.length > 0)
    const together = async () => {
      await until(bothSend)
      return acceptedBy('one')
    }
    const workers = [parts(together), parts(together)]
    await fanOut(parts(together).services, edition)
    const summaries = await Promise.all(workers.map((worker) => sendEdition(worker, edition)))
    expect(summaries.map(({ whole }) => whole)).toEqual([true, true])
    const received = workers.flatMap((worker) => worker.received.map(({ to }) => to))
    expect(received).toHaveLength(400)
    expect(new Set(received).size).toBe(400)
    for (const worker of workers) expect(worker.received.length).toBeGreaterThan(50)
  })

  it('tries what was deferred again and gives up what was refused', async () => {
    const edition = await editionFor(20)
    const tries = new Map<string, number>()
    const sending = parts((to) => {
      tries.set(to, (tries.get(to) ?? 0) + 1)
      if (to === 'r1@one.example') return refusedWith(550, '5.1.1', 'no such user')
      return to === 'r2@one.example' && tries.get(to) === 1
        ? refusedWith(451, '4.3.0', 'later')
        : acceptedBy('one')
    })
    const refusals: string[] = []
    sending.afterRefusal = async (_, settlements) =>
      void refusals.push(...settlements.map(({ delivery }) => delivery.address))
    const summary = await sendEdition(sending, edition)
    expect(summary).toMatchObject({ status: 'sent', whole: false })
    expect(refusals).toEqual(['r1@one.example'])
    expect(tries.get('r2@one.example')).toBe(2)
    const report = await editionReport(db, edition)
    expect(report?.byStatus).toMatchObject({ accepted: 19, rejected: 1 })
    expect(report?.attempts).toEqual({ accepted: 19, rejected: 1, deferred: 1, in_doubt: 0 })
    expect(report?.notSent).toEqual([{ status: 'rejected', why: 'hard 550 5.1.1', count: 1 }])
  })

  it('sends what was in doubt again with the same Message-ID, or holds it', async () => {
    const edition = await editionFor(3)
    const doubtful: Attempted = { outcome: 'in_doubt', relay: 'one', fault: 'connection lost', durationMs: 5 }
    const once = new Set<string>()
    const script: Script = (to) => (once.has(to) || !once.add(to) ? acceptedBy('one') : doubtful)
    const sending = parts(script)
    expect(await sendEdition(sending, edition)).toMatchObject({ whole: true })
    expect(sending.received).toHaveLength(6)
    expect(new Set(sending.received.map(({ messageId }) => messageId)).size).toBe(3)

    await db.sql('TRUNCATE subscriber CASCADE')
    once.clear()
    const second = await editionFor(3)
    const holding = parts(script, { env: { IN_DOUBT: 'hold' } })
    expect(await sendEdition(holding, second)).toMatchObject({ status: 'sent', whole: false, held: 3 })
    expect(holding.received).toHaveLength(3)
  })

  it('harms no row while no relay can be reached, and goes on by itself', async () => {
    const edition = await editionFor(30)
    let down = true
    const sending = parts(() =>
      down ? { outcome: 'unreached', relay: null, fault: 'connect ECONNREFUSED' } : acceptedBy('one'),
    )
    const sent = sendEdition(sending, edition)
    const due = () => db.sql(`SELECT DISTINCT status, attempts, due_at FROM mail_owed WHERE status = 'due'`)
    await until(async () => sending.received.length > 0 && (await due()).length > 0)
    expect(await due()).toEqual([{ status: 'due', attempts: 0, due_at: sendAt }])
    down = false
    expect(await sent).toMatchObject({ whole: true })
    expect(await db.sql('SELECT sum(attempts)::int AS tries FROM mail_owed')).toEqual([{ tries: 30 }])
  })

  it('goes on where a killed worker stopped', async () => {
    const edition = await editionFor(50)
    const sending = parts(() => acceptedBy('one'))
    await fanOut(sending.services, edition)
    const abandoned = await claimDue(db, {
      editionId: edition,
      limit: 20,
      now: sending.services.clock.now(),
      leaseMs: 1_000,
      zone: 'UTC',
    })
    expect(abandoned.claimed).toHaveLength(20)
    expect(await sendEdition(sending, edition)).toMatchObject({ whole: true, owed: 50 })
    expect(sending.received).toHaveLength(50)
  })

  it('finishes what is on the wire and gives the rest back when it is told to stop', async () => {
    const edition = await editionFor(200)
    const stop = new AbortController()
    const sending = parts(async () => {
      if (sending.received.length === 40) stop.abort()
      await nextTurn()
      return acceptedBy('one')
    })
    const summary = await sendEdition(sending, edition, { signal: stop.signal })
    expect(summary.status).toBe('sending')
    expect(summary.byStatus.claimed).toBe(0)
    expect(summary.byStatus.accepted).toBe(sending.received.length)
    expect(summary.byStatus.due).toBe(200 - sending.received.length)
  })

  it('leaves what the relay answers too late to whoever takes its rows over', async () => {
    const edition = await editionFor(3)
    let answerLate = () => {}
    const late = new Promise<void>((resolve) => (answerLate = resolve))
    const stop = new AbortController()
    const sending = parts(() => {
      if (sending.received.length === 3) stop.abort()
      return late.then(() => acceptedBy('one'))
    })
    expect(await sendEdition(sending, edition, { signal: stop.signal })).toMatchObject({ whole: false })
    answerLate()
    await nextTurn()
    const tries = () => db.sql('SELECT sum(attempts)::int AS tries FROM mail_owed')
    expect(await tries()).toEqual([{ tries: 0 }])
    const next = parts(() => acceptedBy('one'))
    expect(await sendEdition(next, edition)).toMatchObject({ whole: true, owed: 3 })
    expect(next.received).toHaveLength(3)
    expect(await tries()).toEqual([{ tries: 3 }])
  })

  it('says so when there is no mail to send', async () => {
    const edition = await addEdition(db, { sendAt })
    await cancelEdition(db, edition, sendAt)
    await expect(
      sendEdition(
        parts(() => acceptedBy('one')),
        edition,
      ),
    ).rejects.toThrow('cancelled')
    await expect(
      sendEdition(
        parts(() => acceptedBy('one')),
        4711,
      ),
    ).rejects.toThrow('no edition')
  })
})

describe('steering', () => {
  it('stops within two seconds of a pause, and goes on after it', async () => {
    const edition = await editionFor(600)
    const sending = parts(() => slowly(20))
    const first = sendEdition(sending, edition)
    await until(() => sending.received.length > 50)
    await pauseEdition(db, edition, sendAt)
    const pausedAt = performance.now()
    const summary = await first
    expect(performance.now() - pausedAt).toBeLessThan(2_000)
    const received = sending.received.length
    expect(received).toBeLessThan(600)
    expect(summary).toMatchObject({ status: 'paused', byStatus: { claimed: 0, accepted: received } })
    await resumeEdition(db, edition, sendAt)
    expect(await sendEdition(sending, edition)).toMatchObject({ whole: true })
    expect(sending.received).toHaveLength(600)
  })

  it('cancels what did not go out, and every row is final', async () => {
    const edition = await editionFor(400)
    const sending = parts(() => slowly(20))
    const sent = sendEdition(sending, edition)
    await until(() => sending.received.length > 50)
    await cancelEdition(db, edition, sendAt)
    const summary = await sent
    expect(summary).toMatchObject({ status: 'cancelled', open: 0 })
    expect(summary.byStatus.accepted + summary.byStatus.cancelled).toBe(400)
    expect(summary.byStatus.accepted).toBe(sending.received.length)
  })

  it('refuses steps that make no sense', async () => {
    const edition = await addEdition(db, { sendAt })
    await expect(resumeEdition(db, edition, sendAt)).rejects.toThrow('frozen')
    await pauseEdition(db, edition, sendAt)
    await resumeEdition(db, edition, sendAt)
    expect(await db.sql('SELECT status, reason FROM edition')).toEqual([{ status: 'frozen', reason: null }])
    await cancelEdition(db, edition, sendAt)
    await expect(pauseEdition(db, edition, sendAt)).rejects.toThrow('cancelled')
    await expect(pauseEdition(db, 4711, sendAt)).rejects.toThrow('no edition')
  })
})

describe('mail that somebody waits for', () => {
  it('leaves within a second while a broadcast runs', async () => {
    const edition = await editionFor(500)
    const [waiting = 0] = await addReaders(db, 1, { prefix: 'new' })
    const sending = parts(() => slowly(40), { capacity: 4 })
    const stop = new AbortController()
    const lane = runWaitedLane(sending, stop.signal)
    const broadcast = sendEdition(sending, edition, { signal: stop.signal })
    await until(() => sending.received.length > 20)
    const owedAt = performance.now()
    await oweMail(db, {
      kind: 'confirmation',
      subscriberId: waiting,
      domain: 'one.example',
      payload: {},
      dueAt: sendAt,
    })
    await until(() => sending.received.some(({ messageId }) => messageId.startsWith('confirmation')))
    expect(performance.now() - owedAt).toBeLessThan(1_000)
    stop.abort()
    await Promise.all([lane, broadcast])
    expect(await db.sql(`SELECT status FROM delivery WHERE kind = 'confirmation'`)).toEqual([
      { status: 'accepted' },
    ])
  })
})
