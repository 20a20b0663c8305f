/** Subjects, preheaders and cuts. */
import { describe, expect, it } from 'vitest'
import type { ShownPaper } from '../../../src/editions/edition.js'
import { openingOf } from '../../../src/editions/compiling/opening.js'
import { preheaderOf, subjectOf } from '../../../src/editions/compiling/subject.js'
import { cutAtSentence, cutAtWord } from '../../../src/format/truncate.js'
import { shownPapers } from '../../support/shown-papers.js'

const titled = (...titles: string[]) =>
  titles.map((title, at) => ({ ...shownPapers(1)[0], title, codeUrl: null, rank: at + 1 }) as ShownPaper)

describe('the subject', () => {
  it.each([
    [['First'], 'First'],
    [['First', 'Second'], 'First and 1 more'],
    [Array.from({ length: 10 }, () => 'A title'), 'A title and 9 more'],
    [['Line\r\nbreak\u0007 here'], 'Line break here'],
    [[], 'Daily papers of 6 May 2026'],
  ])('of %j', (titles, subject) => {
    expect(subjectOf('daily', '2026-05-06', titled(...titles))).toBe(subject)
  })

  it('cuts a long title at a word', () => {
    const subject = subjectOf('daily', '2026-05-06', titled('word '.repeat(40), 'two'))
    expect(subject).toBe(`${'word '.repeat(11)}word… and 1 more`)
  })

  it('names the week of a weekly edition', () => {
    expect(subjectOf('weekly', '2026-08-02', titled('First'))).toBe(
      'First: the best of 27 July to 2 August 2026',
    )
  })
})

it('shows the next titles in the preheader', () => {
  expect(preheaderOf(titled('One', 'Two', 'Three', 'Four', 'Five'))).toBe('Also: Two · Three · Four')
  expect(preheaderOf([])).toBe('')
})

describe('the opening line', () => {
  it('says how many have code and what most are about', () => {
    const papers = titled(
      'Agents that Plan',
      'An Agent for Mail',
      'Video in Time',
      'Web Agents',
      'Sound',
      'Light',
      'Ink',
    )
    const withCode = papers.map((paper, i) => ({
      ...paper,
      codeUrl: i < 5 ? 'https://example.org/code' : null,
    }))
    expect(openingOf(withCode)).toBe('5 of 7 with code, three on agents.')
    expect(openingOf(papers)).toBe('Three on agents.')
  })

  it('names what papers are about, not a word that they share', () => {
    const agentic = titled('Agentic Search', 'Agentic Code', 'An Agentic Video', 'Sound', 'Light', 'Ink')
    expect(openingOf(agentic)).toBe('Three on agents.')
    expect(openingOf(titled('Long Horizon', 'A Horizon', 'Horizons', 'Sound', 'Light', 'Ink'))).toBe('')
  })

  it('says nothing where there is nothing to say', () => {
    expect(openingOf(titled('One', 'Two'))).toBe('')
    expect(openingOf([])).toBe('')
  })
})

describe('cutAtWord', () => {
  it.each([
    ['short', 10, 'short'],
    ['one two three', 9, 'one two…'],
    ['one, two three', 6, 'one…'],
    ['unbreakable', 5, 'unbr…'],
    ['𝔘𝔫𝔦𝔠𝔬𝔡𝔢', 4, '𝔘𝔫𝔦…'],
  ])('cuts %j at %i to %j', (text, limit, cut) => {
    expect(cutAtWord(text, limit)).toBe(cut)
  })
})

describe('cutAtSentence', () => {
  it.each([
    ['One. Two. Three.', 20, 'One. Two. Three.'],
    ['One. Two. Three.', 10, 'One. Two.'],
    ['Hard\nline\n breaks. More of it follows here.', 18, 'Hard line breaks.'],
    ['As shown by Li et al. Our method wins. It is fast.', 40, 'As shown by Li et al. Our method wins.'],
    ['We reach 3.5 points. Then more follows.', 24, 'We reach 3.5 points.'],
    ['Models, e.g. GPT, are large. More.', 29, 'Models, e.g. GPT, are large.'],
    ['Oh. A second sentence that is far too long to fit in here.', 30, 'Oh. A second sentence that is…'],
    ['No end in sight for this very long sentence', 20, 'No end in sight for…'],
    ['', 10, ''],
  ])('cuts %j at %i to %j', (text, limit, cut) => {
    expect(cutAtSentence(text, limit)).toBe(cut)
    expect(cutAtSentence(text, limit).length).toBeLessThanOrEqual(limit)
  })
})
