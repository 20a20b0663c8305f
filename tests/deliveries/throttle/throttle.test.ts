import { describe, expect, it } from 'vitest'
import { allot, type Bucket, refilled } from '../../../src/deliveries/throttle/throttle.js'

const now = new Date('2026-05-06T06:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000)
const bucket = (changes: Partial<Bucket> = {}): Bucket => ({
  key: 'slow.example',
  rate: 2,
  tokens: 0,
  at: now,
  tailAt: null,
  ...changes,
})
const rows = (count: number, domain = 'slow.example') =>
  Array.from({ length: count }, (_, n) => ({ id: `${domain} ${n}`, domain }))

describe('a bucket', () => {
  it.each([
    ['fills with time', { rate: 2, tokens: 0 }, 0.5, 1],
    ['holds a second at most', { rate: 2, tokens: 0 }, 60, 2],
    ['holds one token even when it is slow', { rate: 0.1, tokens: 0 }, 60, 1],
    ['loses nothing when clocks disagree', { rate: 2, tokens: 1 }, -5, 1],
  ])('%s', (_, changes, seconds, tokens) => {
    expect(refilled(bucket(changes), later(seconds)).tokens).toBeCloseTo(tokens)
  })

  it('gains nothing from workers whose clocks differ', () => {
    let one = bucket()
    for (let seconds = 0; seconds < 10; seconds += 1) {
      one = { ...refilled(one, later(0)), tokens: 0 }
      one = { ...refilled(one, later(3)), tokens: 0 }
    }
    expect(refilled(one, later(3)).tokens).toBe(0)
  })
})

describe('allotting', () => {
  it('never holds a domain for the sake of another', () => {
    const all = [...rows(5), ...rows(50, 'fast.example')]
    const { postponed } = allot(all, [bucket({ tokens: 2 })], now, () => 0.5)
    expect([...postponed.keys()]).toEqual(['slow.example 2', 'slow.example 3', 'slow.example 4'])
  })

  it('puts rows off in line, behind those that were put off before', () => {
    const { postponed, buckets } = allot(rows(3), [bucket({ tailAt: later(10) })], now, () => 0.5)
    expect([...postponed.values()]).toEqual([later(10.5), later(11), later(11.5)])
    expect(buckets[0]?.tailAt).toEqual(later(11.5))
  })

  it('puts nobody off for longer than five minutes', () => {
    const { postponed } = allot(rows(2_000), [bucket()], now, () => 1)
    expect(Math.max(...[...postponed.values()].map((at) => at.getTime()))).toBe(later(300).getTime())
  })
})
