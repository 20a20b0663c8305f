import { describe, expect, it } from 'vitest'
import { cleanList, cleanText, count, httpsUrl, instant } from '../../src/papers/text.js'

describe('clean text', () => {
  it.each([
    [
      'a hard line break',
      'music generation--particularly the\ncha llenging',
      'music generation--particularly the cha llenging',
    ],
    ['a break at a hyphen', 'in real-\n  world tasks', 'in real-world tasks'],
    ['an end mark', 'The end.<EOS>', 'The end.'],
    ['control characters', 'a\u0000b\u001b[31mc\u0085d', 'a b [31mc d'],
    ['runs of white space', '  a \t\u00a0 b  ', 'a b'],
    ['text turned around', 'abc\u202egpj.exe', 'abcgpj.exe'],
    ['decomposed letters', 'Schro\u0308dinger', 'Schrödinger'],
    ['half a surrogate pair', 'a\ud83db', 'ab'],
    ['markup, which is escaped where it is shown', '<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['an encoded word', '=?utf-8?q?evil?=', '=?utf-8?q?evil?='],
    ['formulas', 'of $O(n^2)$', 'of $O(n^2)$'],
  ])('takes %s', (_what, given, expected) => {
    expect(cleanText(given, 500)).toBe(expected)
  })

  it.each([[null], [undefined], [7], [{}], [['a']], [''], [' \n\u200b'], ['<EOS>']])(
    'makes nothing of %j',
    (given) => {
      expect(cleanText(given, 500)).toBeNull()
    },
  )

  it('cuts what is too long without cutting a character in half', () => {
    expect(cleanText('abcdef', 4)).toBe('abc…')
    expect(cleanText(`ab${'😀'.repeat(5)}`, 4)).toBe('ab…')
    expect(cleanText('x'.repeat(50_000_000), 10)).toBe('xxxxxxxxx…')
  })

  it('keeps each text of a list once and no more than asked', () => {
    expect(cleanList(['a', ' a', null, 'b', {}, 'c', 'd'], 6, 10)).toEqual(['a', 'b', 'c'])
    expect(cleanList('abc', 6, 10)).toEqual([])
  })
})

describe('other fields', () => {
  it.each([
    ['https://github.com/a/b', 'https://github.com/a/b'],
    [' https://example.org ', 'https://example.org/'],
    ['http://example.org/', null],
    ['javascript:alert(1)', null],
    ['https://user:pw@example.org/', null],
    ['https://localhost/', null],
    [`https://example.org/${'a'.repeat(1000)}`, null],
    ['https://', null],
    [7, null],
  ])('takes the link %s as %s', (given, expected) => {
    expect(httpsUrl(given)).toBe(expected)
  })

  it.each([
    [0, 0],
    [7, 7],
    [-1, null],
    [1.5, null],
    [Number.NaN, null],
    [2 ** 31, null],
    ['7', null],
    [null, null],
  ])('takes the count %s as %s', (given, expected) => {
    expect(count(given)).toBe(expected)
  })

  it.each([
    ['2026-07-20T00:00:00.000Z', '2026-07-20T00:00:00.000Z'],
    ['2024-06-03T03:44:01', '2024-06-03T03:44:01.000Z'],
    ['2003-07-07T13:46:39-04:00', '2003-07-07T17:46:39.000Z'],
    ['2024-06-03', '2024-06-03T00:00:00.000Z'],
    ['2026-02-31T25:00:00Z', undefined],
    ['0001-01-01', undefined],
    ['+275760-09-13T00:00:00Z', undefined],
    ['yesterday', undefined],
    [1_700_000_000, undefined],
  ])('takes the time %s as %s', (given, expected) => {
    expect(instant(given)?.toISOString()).toBe(expected)
  })
})
