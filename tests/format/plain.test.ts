/** Wrapping and cleaning of plain text. */
import { expect, it } from 'vitest'
import { wrap } from '../../src/format/plain.js'
import { authorsLine, counted, countTold, fullDay, longDay } from '../../src/format/readable.js'
import { oneLine } from '../../src/format/text/one-line.js'

it('wraps at 72 columns and leaves long words whole', () => {
  const link = `https://example.org/${'x'.repeat(80)}`
  const wrapped = wrap(`${'word '.repeat(30)}${link} end`, '  ')
  const lines = wrapped.split('\n')
  expect(lines).toContain(`  ${link}`)
  expect(lines.filter((line) => line.length > 72)).toEqual([`  ${link}`])
  expect(wrapped.split(/\s+/).filter(Boolean)).toHaveLength(32)
  expect(wrap('')).toBe('')
})

it('keeps what a no-break space joins on one line', () => {
  expect(wrap(`${'x'.repeat(70)} 6\u00A0May`)).toBe(`${'x'.repeat(70)}\n6 May`)
})

it.each([
  ['a\r\n\tb', 'a b'],
  ['a\u0000b', 'a b'],
  ['\u202Eabc\u2066', 'abc'],
  ['  x  ', 'x'],
])('makes one line of %j', (text, line) => {
  expect(oneLine(text)).toBe(line)
})

it('counts in words', () => {
  expect(counted(1, 'comment')).toBe('1 comment')
  expect(counted(0, 'comment')).toBe('0 comments')
  expect(counted(1204, 'upvote')).toBe('1,204 upvotes')
})

it.each([
  [2, 'comment', ''],
  [3, 'comment', '3 comments'],
  [19, 'star', ''],
  [20, 'star', '20 stars'],
  [null, 'star', ''],
] as const)('tells %s %ss as %j', (number, noun, told) => {
  expect(countTold(number, noun)).toBe(told)
})

it.each([
  [[], ''],
  [['Ann'], 'Ann'],
  [['Ann', 'Bo'], '2 authors · Ann, Bo'],
  [['Ann', 'Bo', 'Cy'], '3 authors · Ann, Bo, Cy'],
  [['Ann', 'Bo', 'Cy', 'Di'], '4 authors · Ann, Bo, Cy et\u00A0al.'],
])('names the authors %j', (authors, line) => {
  expect(authorsLine(authors)).toBe(line)
})

it.each([
  [['Ann', 'Bo', 'Cy'], 664, '664 authors · Ann, Bo, Cy et\u00A0al.'],
  [['Ann'], 2, '2 authors · Ann et\u00A0al.'],
  [[], 3, '3 authors'],
])('counts authors that are not named: %j of %i', (names, count, line) => {
  expect(authorsLine(names, count)).toBe(line)
})

it('writes days', () => {
  expect(longDay('2024-02-29')).toBe('29 February 2024')
  expect(fullDay('2026-05-06')).toBe('Wednesday, 6 May 2026')
})
