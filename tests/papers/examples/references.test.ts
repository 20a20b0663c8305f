import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { bounds, referencesIn } from '../../../src/papers/examples/references.js'

const read = (text: string) => referencesIn(text).references

describe('references that somebody pastes or exports', () => {
  it('are ids, links or titles, one a line', () => {
    expect(
      read('2608.01234v2, arXiv:math/0309136\nhttps://huggingface.co/papers/2608.00001\nA title of words\n'),
    ).toEqual([
      { id: '2608.01234', title: '', abstract: '' },
      { id: 'math/0309136', title: '', abstract: '' },
      { id: '2608.00001', title: '', abstract: '' },
      { id: null, title: 'A title of words', abstract: '' },
    ])
  })

  it('are entries of BibTeX, whatever stands in braces or quotes', () => {
    const bib = `@comment{no}
@string{x = "y"}
@misc{key2026a,
  title = {The {BERT} of \\'{e}tale {\\"o}},
  author = "A and B",
  eprint={2608.01234}, archivePrefix={arXiv},
  year = 2026
}
@article{k2, title="In quotes, with {a "brace}", journal = {arXiv preprint arXiv:2607.00002},
  abstract = {Line one
   and two}}
@broken{oops, title = {never closed`
    expect(read(bib)).toEqual([
      { id: '2608.01234', title: 'The BERT of étale ö', abstract: '' },
      { id: '2607.00002', title: 'In quotes, with a "brace', abstract: 'Line one and two' },
    ])
  })

  it('are records of RIS', () => {
    const ris =
      'TY  - JOUR\r\nTI  - First\r\nAB  - What it says\r\nUR  - http://arxiv.org/abs/2608.01234\r\nER  - \r\n\r\nTY  - GEN\r\nT1  - Second\r\nDO  - 10.48550/arXiv.2607.00002\r\nER  - \r\n'
    expect(read(ris)).toEqual([
      { id: '2608.01234', title: 'First', abstract: 'What it says' },
      { id: '2607.00002', title: 'Second', abstract: '' },
    ])
  })

  it('are rows of the CSV of Zotero, with line breaks in its cells', () => {
    const csv =
      '\uFEFF"Key","Item Type","Publication Year","Author","Title","Url","Abstract Note","Extra"\n"AB","preprint","2026","X","One, two","http://arxiv.org/abs/2608.01234v1","Says\nmuch",""\n"CD","book","2020","Y","A book","","","arXiv:2607.00002 [cs]"\n'
    expect(read(csv)).toEqual([
      { id: '2608.01234', title: 'One, two', abstract: 'Says much' },
      { id: '2607.00002', title: 'A book', abstract: '' },
    ])
  })

  it('are bounded, and take no longer than their size', () => {
    const many = referencesIn('A title of words\n'.repeat(5_000))
    expect([many.references.length, many.whole]).toEqual([bounds.references, false])
    for (const hostile of [
      '@a{'.repeat(500_000),
      `@a{b,t=${'{'.repeat(900_000)}`,
      '@a{x="'.repeat(300_000),
      `@a{${' '.repeat(1_900_000)}`,
      `@a${' '.repeat(1_900_000)}`,
      '\n'.repeat(1_900_000),
      '@a{b,'.repeat(300_000),
      '"'.repeat(2_000_000),
    ]) {
      const began = performance.now()
      referencesIn(hostile)
      expect(performance.now() - began).toBeLessThan(3_000)
    }
  })

  it('cost no more than taking the table apart, however many lines or columns there are', () => {
    const columns = `${'b,'.repeat(95_000)}\n`
    const table = `Key,Item Type,${columns}${columns.repeat(9)}`
    // Of two, since the first of each pays for compiling.
    const costOf = (work: () => unknown) => Math.min(cpuOf(work), cpuOf(work))
    const apart = costOf(() => parse(table, { relax_column_count: true, relax_quotes: true }))
    for (const hostile of ['a\n'.repeat(990_000), table])
      expect(costOf(() => referencesIn(hostile))).toBeLessThan(1.8 * apart)
  })
})

/** Milliseconds of the processor. */
function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1_000
}
