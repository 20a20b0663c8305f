import { describe, expect, it } from 'vitest'
import { readMarked } from '../../../src/papers/search/marked.js'
import { readTerms } from '../../../src/papers/search/terms.js'

/** `+word*` wanted and open, `"a b"` a phrase, `-word` left out. */
const shown = (search: string) =>
  readTerms(search).terms.map((term) => {
    const text = term.kind === 'phrase' ? `"${term.text}"` : term.text
    return `${term.not ? '-' : ''}${text}${term.open ? '*' : ''}`
  })

describe('a search', () => {
  it.each([
    ['diffusion trans', ['diffusion', 'trans*']],
    ['diffusion trans ', ['diffusion', 'trans']],
    ['ab', ['ab']],
    ['"state space" model', ['"state space"', 'model*']],
    ['“state space” «of the art»', ['"state space"', '"of the art"']],
    ['"left open at the end', ['"left open at the end"']],
    ['"one"', ['one']],
    ['agents -robot -vision-language', ['agents', '-robot', '-"vision language"']],
    ['vision-language', ['vision', 'language*']],
    ["'); DROP TABLE paper; -- & | ! :* <->", ['DROP', 'TABLE', 'paper']],
    ['Schrödinger 机器', ['Schrödinger', '机器']],
    ['a\\b:c*d', ['a', 'b', 'c', 'd']],
    ['  ', []],
    ['-', []],
    ['""', []],
    ['\u0000\ud800', []],
  ])('for %j is %j', (search, expected) => {
    expect(shown(search)).toEqual(expected)
  })

  it('is cut at a length and at a number of words', () => {
    expect(readTerms('word '.repeat(1000)).terms).toHaveLength(32)
    expect(readTerms('x'.repeat(100_000)).terms[0]?.text).toHaveLength(600)
  })

  it.each([
    ['2607.15330', '2607.15330'],
    [' https://arxiv.org/abs/2607.15330v2 ', '2607.15330'],
    ['math/0309136', 'math/0309136'],
    ['diffusion', null],
  ])('for %s names the paper %s', (search, id) => {
    expect(readTerms(search).arxivId).toBe(id)
  })
})

describe('marked text', () => {
  it('is pieces that lose no letter', () => {
    expect(readMarked('a \u0001<b>\u0002 c\u0001d\u0002')).toEqual([
      { text: 'a ', hit: false },
      { text: '<b>', hit: true },
      { text: ' c', hit: false },
      { text: 'd', hit: true },
    ])
    expect(readMarked('')).toEqual([])
    expect(readMarked('a\u0002b')).toEqual([
      { text: 'a', hit: true },
      { text: 'b', hit: false },
    ])
  })
})
