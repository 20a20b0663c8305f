/** Messages that follow over the connection of the one before, announced together with its end. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { silentLog } from '../../../src/log.js'
import type { Attempted, Follower, Mailer } from '../../../src/mail/mailer/mailer.js'
import { Relays } from '../../../src/mail/smtp/relays.js'
import { type RelayStandIn, type Script, startRelay } from '../../support/relay-stand-in.js'
import { until } from '../../support/until.js'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function relay(script: Script = {}): Promise<RelayStandIn> {
  const standIn = await startRelay(script)
  closing.push(() => standIn.close())
  return standIn
}

function mailer(...urls: string[]): Mailer {
  const opened = new Relays(urls, silentLog)
  closing.push(() => opened.close())
  return opened
}

const from = 'papers@example.org'
const messageOf = (name: string, size = 10) => [
  Buffer.from(`Subject: ${name}\r\n\r\n${'x'.repeat(size)}\r\n`),
]

/** Sends them as one row. @returns how each fared, once all are told. */
function sendRow(to: Mailer, messages: { to: string; size?: number }[]): Promise<Attempted[]> {
  const results: Attempted[] = []
  return new Promise((resolve) => {
    const tell = (at: number) => (attempted: Attempted) => {
      results[at] = attempted
      if (Object.keys(results).length === messages.length) resolve(results)
    }
    const item = (at: number): Follower | null => {
      const one = messages[at]
      if (!one) return null
      return {
        envelope: { from, to: `${one.to}@example.com` },
        message: messageOf(one.to, one.size),
        handling: { next: async () => item(at + 1) },
        done: tell(at),
      }
    }
    const first = item(0) as Follower
    void to.send(first.envelope, first.message, first.handling).then(tell(0))
  })
}

/** A body's answer that waits for the next message to be announced behind it, and for nothing else. */
const afterNext =
  (standIn: () => RelayStandIn, answer: string, last: string) =>
  async ({ to }: { to: string }) => {
    if (!to.startsWith(last)) await until(() => /^MAIL[^]*RCPT[^]*DATA\r\n$/.test(standIn().behind()))
    return answer
  }

const outcomes = (results: Attempted[]) => results.map(({ outcome }) => outcome)

describe('a message that follows', () => {
  test('is announced before the one before it is answered', async () => {
    const standIn: RelayStandIn = await relay({
      body: (taken) => afterNext(() => standIn, '250 2.0.0 ok', 'c')(taken),
    })
    const results = await sendRow(mailer(standIn.url), [{ to: 'a' }, { to: 'b' }, { to: 'c' }])
    expect(outcomes(results)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(standIn.received.map(({ to, message }) => [to[0], message[9]])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
    ])
    expect(standIn.connections.opened).toBe(1)
  })

  test('is not harmed by a refusal of the one before it', async () => {
    const answers = ['554 5.7.1 spam', '452 4.3.1 full', '250 2.0.0 ok']
    const standIn: RelayStandIn = await relay({
      body: (taken) => afterNext(() => standIn, answers.shift() ?? '', 'c')(taken),
    })
    const results = await sendRow(mailer(standIn.url), [{ to: 'a' }, { to: 'b' }, { to: 'c' }])
    expect(results).toMatchObject([{ code: 554 }, { code: 452 }, { outcome: 'accepted' }])
    expect(standIn.commands.filter((line) => line.startsWith('RSET'))).toEqual([])
    expect(standIn.connections.opened).toBe(1)
  })

  test('is offered anew to a relay that keeps a refused envelope until RSET', async () => {
    let kept = false
    const standIn: RelayStandIn = await relay({
      command: (line) => {
        if (line === 'RSET') kept = false
        return kept ? '503 5.5.1 nested MAIL command' : undefined
      },
      body: async (taken) => {
        const answer = taken.to.startsWith('a') ? '451 4.3.0 later' : '250 2.0.0 ok'
        await afterNext(() => standIn, answer, 'b')(taken)
        kept = taken.to.startsWith('a')
        return answer
      },
    })
    const results = await sendRow(mailer(standIn.url), [{ to: 'a' }, { to: 'b' }])
    expect(results).toMatchObject([{ code: 451 }, { outcome: 'accepted' }])
  })

  test('is sent anew by a relay that drops what comes behind a final dot, and none is announced to it again', async () => {
    const deaf = new Set<number>()
    const standIn: RelayStandIn = await relay({
      command: (_line, connection) => (deaf.has(connection) ? 'HANG' : undefined),
      body: async ({ connection }) => {
        if (connection === 1) await until(() => standIn.behind() !== '')
        for (let turns = 0; turns < 50; turns += 1) await nextTurn()
        if (standIn.behind() !== '') deaf.add(connection)
        return '250 2.0.0 ok'
      },
    })
    const messages = ['a', 'b', 'c'].map((to) => ({ to }))
    const results = await sendRow(mailer(`${standIn.url}?timeout=1`), messages)
    expect(outcomes(results)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(standIn.received.map(({ to }) => to[0])).toEqual(['a', 'b', 'c'])
    expect([...deaf]).toEqual([1])
  })

  test('that is refused itself does not harm the one after it', async () => {
    const standIn = await relay({
      command: (line) => (line.startsWith('RCPT TO:<b@') ? '550 5.1.1 no such user' : undefined),
    })
    const results = await sendRow(mailer(standIn.url), [{ to: 'a' }, { to: 'b' }, { to: 'c' }])
    expect(results).toMatchObject([{ outcome: 'accepted' }, { code: 550 }, { outcome: 'accepted' }])
    expect(standIn.connections.opened).toBe(1)
  })

  test('goes over another connection when this one is lost before the answer', async () => {
    const standIn: RelayStandIn = await relay({
      body: async (taken) =>
        taken.to.startsWith('a') ? afterNext(() => standIn, 'DROP', 'c')(taken) : '250 2.0.0 ok',
    })
    const results = await sendRow(mailer(standIn.url), [{ to: 'a' }, { to: 'b' }])
    expect(outcomes(results)).toEqual(['in_doubt', 'accepted'])
    expect(standIn.connections.opened).toBe(2)
    expect(standIn.received.map(({ to }) => to[0])).toEqual(['a', 'b'])
  })

  test('goes over another connection when the relay closes this one with 421', async () => {
    const standIn: RelayStandIn = await relay({
      body: async (taken) =>
        taken.to.startsWith('a') ? afterNext(() => standIn, '421 4.3.2 closing', 'b')(taken) : '250 2.0.0 ok',
    })
    const results = await sendRow(mailer(standIn.url), [{ to: 'a' }, { to: 'b' }])
    expect(results).toMatchObject([{ code: 421 }, { outcome: 'accepted' }])
    expect(standIn.received.map(({ to }) => to[0])).toEqual(['b'])
  })

  test('is not announced when this relay cannot carry it', async () => {
    const standIn = await relay({ extensions: ['PIPELINING', 'SIZE 1000'] })
    const results = await sendRow(mailer(standIn.url), [
      { to: 'a' },
      { to: 'b', size: 2000 },
      { to: 'ç' },
      { to: 'd' },
    ])
    expect(results).toMatchObject([
      { outcome: 'accepted' },
      { enhanced: '5.3.4' },
      { enhanced: '5.6.7' },
      { outcome: 'accepted' },
    ])
    expect(standIn.commands.filter((line) => line.startsWith('MAIL'))).toHaveLength(2)
  })

  test('is sent step by step where the relay has no pipelining', async () => {
    const standIn = await relay({ extensions: ['SIZE 100000'] })
    const results = await sendRow(mailer(standIn.url), [{ to: 'a' }, { to: 'b' }, { to: 'c' }])
    expect(outcomes(results)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(standIn.connections.opened).toBe(1)
  })

  test('begins a connection of its own when this one has had its messages', async () => {
    const standIn = await relay()
    const results = await sendRow(mailer(`${standIn.url}?messages=2`), [
      { to: 'a' },
      { to: 'b' },
      { to: 'c' },
    ])
    expect(outcomes(results)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(standIn.received.map(({ connection }) => connection)).toEqual([1, 1, 2])
  })

  test('lets another message go first that waits for the connection', async () => {
    let answer = () => {}
    const asked = new Promise<void>((resolve) => (answer = resolve))
    const standIn = await relay({ body: () => asked.then(() => '250 2.0.0 ok') })
    const to = mailer(`${standIn.url}?connections=1`)
    void sendRow(to, [{ to: 'a' }, { to: 'b' }, { to: 'c' }, { to: 'd' }])
    await until(() => standIn.commands.includes('DATA'))
    const other = to.send({ from, to: 'urgent@example.com' }, messageOf('urgent'))
    answer()
    expect((await other).outcome).toBe('accepted')
    expect(standIn.received.length).toBeLessThan(4)
  })

  test.for([
    ['where relays share', 2, ''],
    ['where turns are booked', 1, '?rate=1000'],
  ] as const)('is not asked for %s', async ([, count, options]) => {
    const relays = await Promise.all(Array.from({ length: count }, () => relay()))
    const next = vi.fn<() => Promise<null>>(async () => null)
    const sent = await mailer(...relays.map(({ url }) => url + options)).send(
      { from, to: 'a@example.com' },
      messageOf('a'),
      { next },
    )
    expect(sent.outcome).toBe('accepted')
    expect(next).toHaveBeenCalledTimes(0)
  })

  test('is tried by the relay that stands by when this one is gone', async () => {
    const first: RelayStandIn = await relay({
      body: async (taken) => {
        await afterNext(() => first, '', 'z')(taken)
        await first.close()
        return 'DROP'
      },
    })
    const second = await relay()
    const results = await sendRow(mailer(first.url, `${second.url}?weight=0`), [{ to: 'a' }, { to: 'b' }])
    expect(outcomes(results)).toEqual(['in_doubt', 'accepted'])
    expect(second.received.map(({ to }) => to[0])).toEqual(['b'])
  })
})
