import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chooseSentences } from '../../../src/papers/short/choose-sentence.js'
import { featuresOf } from '../../../src/papers/short/features.js'
import { sentencesOf } from '../../../src/format/sentences.js'
import { longestShort, shortOf } from '../../../src/papers/short/short.js'
import { weights } from '../../../src/papers/short/weights.js'
import { fit, type Marked } from './fit.js'

const marked: Marked[] = JSON.parse(readFileSync('tests/fixtures/marked-abstracts.json', 'utf8'))

/** The share of abstracts of which the first `count` sentences from the best on hold a marked one. */
function hits(examples: Marked[], by: Record<string, number>, count: number): number {
  return examples.filter(({ title, abstract, says }) => {
    const sentences = sentencesOf(abstract).map((sentence) => sentence.trim())
    const scores = featuresOf(title, sentences).map((features) =>
      Object.entries(features).reduce((sum, [name, value]) => sum + value * (by[name] ?? 0), 0),
    )
    const best = scores.indexOf(Math.max(...scores))
    return says.some((index) => index >= best && index < best + count)
  }).length
}

describe('the sentence that says what a paper does', () => {
  it('is found in abstracts that the weights have not seen', () => {
    const folds = 10
    let [one, two] = [0, 0]
    for (let fold = 0; fold < folds; fold += 1) {
      const by = fit(marked.filter((_, index) => index % folds !== fold))
      const unseen = marked.filter((_, index) => index % folds === fold)
      one += hits(unseen, by, 1)
      two += hits(unseen, by, 2)
    }
    expect(marked.length).toBeGreaterThanOrEqual(150)
    expect(one / marked.length).toBeGreaterThanOrEqual(0.88)
    expect(two / marked.length).toBeGreaterThanOrEqual(0.93)
  })

  it('is chosen by the weights that the marked abstracts give', () => {
    expect(weights).toEqual(fit(marked))
  })

  it.each([
    [
      'Mending Caches',
      'Caches grow stale. However, we argue that staleness is a choice. We mend caches with a log of deletions that every reader replays. It takes 3 ms.',
      'We mend caches with a log of deletions that every reader replays.',
    ],
    [
      'Forgetting in Agents',
      'Agents forget. We aim to understand why. We find that agents forget what they were told last, since summaries drop it. Code is at https://example.org.',
      'We find that agents forget what they were told last, since summaries drop it.',
    ],
    [
      'A Survey of Mail',
      'Mail has carried news for fifty years, and much has been written on how it gets lost. Yet no overview exists. This survey reviews 120 systems that deliver mail and sorts them by what they lose. It ends with open problems. We hope that it helps.',
      'This survey reviews 120 systems that deliver mail and sorts them by what they lose.',
    ],
  ])('is more than an agenda or an argument: %s', (title, abstract, sentence) => {
    expect(chooseSentences(title, abstract)[0]).toBe(sentence)
  })

  it('comes with the next one, but never with where the code lies', () => {
    const abstract =
      'Search is slow. We propose Zip, an index that fits a cache line. Code: https://example.org/zip'
    expect(chooseSentences('Zip: Small Indexes', abstract)).toEqual([
      'We propose Zip, an index that fits a cache line.',
    ])
  })

  it('takes any text in bounded time', () => {
    const hostile = [
      '',
      ' ',
      'a'.repeat(200_000),
      'We '.repeat(60_000),
      '. '.repeat(60_000),
      '(A'.repeat(50_000),
    ]
    const start = performance.now()
    for (const text of hostile)
      expect(chooseSentences('T: t', text).join(' ').length).toBeLessThanOrEqual(6_000)
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})

describe('the short text of a paper', () => {
  const title = 'Zip: Small Indexes'
  const abstract =
    'Search is slow. We propose Zip, an index that fits a cache line. It halves the time of a query.'

  it('is the summary of the source where there is one', () => {
    expect(shortOf({ title, abstract, summary: 'A small index.' })).toBe('A small index.')
  })

  it('is what the paper does, and the sentence behind it', () => {
    expect(shortOf({ title, abstract, summary: null })).toBe(
      'We propose Zip, an index that fits a cache line. It halves the time of a query.',
    )
  })

  it('ends with a sentence or with an ellipsis, whatever was typed', () => {
    const endless = `We propose Zip, an index ${'that is small '.repeat(100)}`
    for (const text of [abstract, endless, `${endless}. Then ${endless}.`]) {
      const short = shortOf({ title, abstract: text, summary: null })
      expect(short.length).toBeLessThanOrEqual(longestShort + 1)
      expect(short).toMatch(/[.…]$/)
    }
  })
})
