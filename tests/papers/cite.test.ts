import { describe, expect, it } from 'vitest'
import { bibtex, ris } from '../../src/papers/cite.js'
import { foundPaper } from '../support/kept-papers.js'

const paper = (given: object) => ({ ...foundPaper({ id: '2608.00001', ...given }), votes: 1, comments: 0 })
const here = 'https://papers.example/papers/x'

describe('BibTeX', () => {
  it('is what arXiv gives out', () => {
    const given = {
      title: 'On $O(n_1)$ & 5% {Élan}',
      authors: ['José Núñez', 'Team, Research and Development'],
    }
    expect(bibtex(paper(given), here)).toBe(`@misc{nunez2026elan,
  title = {On $O(n_1)$ \\& 5\\% {Élan}},
  author = {José Núñez and {Team, Research and Development}},
  year = {2026},
  eprint = {2608.00001},
  archivePrefix = {arXiv},
  url = {https://arxiv.org/abs/2608.00001}
}
`)
  })

  it.each(['}, note = {stolen', '{{ x', 'a } b { c'])('keeps the braces of %j in order', (title) => {
    const entry = bibtex(paper({ title }), here)
    expect(entry.split('{').length).toBe(entry.split('}').length)
    expect(entry).toMatch(/title = \{[^{}]*\},\n/)
  })

  it('does without what is not known', () => {
    const entry = bibtex(
      paper({ id: 'local-0123456789abcdef', authors: [], publishedAt: null, title: '42' }),
      here,
    )
    expect(entry).toBe(
      `@misc{paper-local-0123456789abcdef,\n  title = {42},\n  url = {https://papers.example/papers/x}\n}\n`,
    )
  })
})

describe('RIS', () => {
  it('has a line for each fact, ended as its specification says', () => {
    const given = { title: 'On $x$', authors: ['A B', 'C D'], abstract: 'One\nER  - two' }
    expect(ris(paper(given), here).split('\r\n')).toEqual([
      'TY  - GEN',
      'TI  - On x',
      'AU  - A B',
      'AU  - C D',
      'PY  - 2026',
      'DA  - 2026/07/30',
      'AB  - One ER - two',
      'DO  - 10.48550/arXiv.2608.00001',
      'UR  - https://arxiv.org/abs/2608.00001',
      'ER  - ',
      '',
    ])
  })
})
