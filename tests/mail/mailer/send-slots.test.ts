import { expect, it } from 'vitest'
import { type BookTurns, bookAlone, Turns } from '../../../src/mail/mailer/send-slots.js'

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Takes so many turns; @returns when each came, in milliseconds from the first. */
async function take(turns: Turns, count: number): Promise<number[]> {
  const times: number[] = []
  await Promise.all(
    Array.from({ length: count }, async () => {
      await turns.take({})
      times.push(performance.now())
    }),
  )
  return times
}

it('turns come evenly, and so do those of two who share a book', async () => {
  const book = bookAlone()
  const times = await Promise.all([1, 2].map(() => take(new Turns('one', 100, book), 30)))
  const all = times.flat().sort((a, b) => a - b)
  for (const [n, at] of all.entries()) {
    // No more than had flowed in by then, and what may be late by a twentieth of a second.
    expect(n).toBeLessThanOrEqual((at - (all[0] ?? 0)) / 10 + 6)
  }
})

it('are booked in blocks that grow, a quarter of a second at most', async () => {
  const counts: number[] = []
  const own = bookAlone()
  const book: BookTurns = (relay, rate, count) => {
    counts.push(count)
    return own(relay, rate, count)
  }
  const turns = new Turns('one', 400, book)
  for (let n = 0; n < 200; n += 1) await turns.take({})
  expect(counts[0]).toBe(1)
  expect(Math.max(...counts)).toBeLessThanOrEqual(100)
  expect(counts.length).toBeLessThan(30)
})

it('lapse when nobody takes them, so that no rush follows a lull', async () => {
  const turns = new Turns('one', 40, bookAlone())
  await take(turns, 20)
  await sleep(400)
  const times = await take(turns, 10)
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(150)
})

it('go to who is waited for before all others', async () => {
  const turns = new Turns('one', 20, bookAlone())
  const order: string[] = []
  const others = ['a', 'b', 'c'].map((name) => turns.take({}).then(() => order.push(name)))
  await Promise.all([...others, turns.take({ urgent: true }).then(() => order.push('urgent'))])
  expect(order.indexOf('urgent')).toBeLessThan(2)
})

it('are not waited for any longer once the message is stopped, or when they cannot be booked', async () => {
  const turns = new Turns('one', 0.1, bookAlone())
  await turns.take({})
  const stop = new AbortController()
  const stopped = turns.take({ stop: stop.signal })
  stop.abort()
  await expect(stopped).rejects.toThrow('stopped')
  await expect(turns.take({ stop: stop.signal })).rejects.toThrow('stopped')
  const broken = new Turns('one', 1, () => Promise.reject(new Error('no database')))
  await expect(broken.take({})).rejects.toThrow('no turn could be booked: no database')
})
