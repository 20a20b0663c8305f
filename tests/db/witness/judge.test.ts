/** When a database counts as another one than a witness last saw. */
import { expect, it } from 'vitest'
import { type Judged, type Seen, whyAnother } from '../../../src/db/witness/judge.js'

const lineage = '5c9f0f5e-0c54-4a4e-9c58-2c9c1f0a9d10'
const seen: Seen = {
  lineage,
  since: '2026-05-01T00:00:00.000Z',
  beatAt: '2026-05-06T06:00:00.000Z',
  timeline: 3,
  lsn: '18446744073709551000',
  head: null,
}
const facts = (changes: Partial<Judged> = {}): Judged => ({
  own: true,
  lineage,
  since: new Date(seen.since),
  beatAt: new Date(seen.beatAt),
  timeline: 3,
  lsn: seen.lsn,
  headKnown: true,
  ...changes,
})
const behind = '18446744073709550999'

it.each([
  ['the same moment', facts()],
  ['later', facts({ lsn: '18446744073709551001' })],
  ['resumed since, whatever its WAL', facts({ since: new Date('2026-05-02'), lsn: '1', headKnown: false })],
  ['a standby that took over', facts({ timeline: 4 })],
  ['a standby that lacks the last seconds', standby('2026-05-06T05:59:40Z')],
])('is the same: %s', (_, now) => {
  expect(whyAnother(now, seen)).toBeNull()
})

it.each([
  ['its stamp stands in another table, database or cluster', facts({ own: false })],
  ['another stamp', facts({ lineage: 'b0b9c7e4-7f5c-4b8a-8e87-7f2a5c0d0c11' })],
  ['less WAL than was seen', facts({ lsn: behind })],
  ['more WAL, but without what the audit log had', facts({ lsn: '18446744073709551900', headKnown: false })],
  ['from before the last restore', facts({ since: new Date('2026-04-01') })],
  ['the timeline of before a standby took over', facts({ timeline: 2, lsn: '18446744073709551900' })],
  ['restored to a point in time', standby('2026-05-06T05:00:00Z')],
])('is another: %s', (_, now) => {
  expect(whyAnother(now, seen)).toMatch(/^[A-Z].*\.$/)
})

it('takes what nobody has seen as it is', () => {
  expect(whyAnother(facts({ lsn: '1' }), null)).toBeNull()
})

function standby(beatAt: string): Judged {
  return facts({ timeline: 4, lsn: behind, headKnown: false, beatAt: new Date(beatAt) })
}
