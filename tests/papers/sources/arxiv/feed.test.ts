import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readArxivFeed } from '../../../../src/papers/sources/arxiv/feed.js'

const fixture = (name: string) => readFileSync(`tests/fixtures/arxiv/${name}.xml`, 'utf8')
const feed = (entry: string) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><title>q</title><entry>${entry}</entry></feed>`

describe("arXiv's feed", () => {
  it('is read with values kept as text', () => {
    const [first, second] = readArxivFeed(fixture('arxiv_response'))
    expect(first).toMatchObject({
      id: '2510.14968',
      version: 1,
      title: 'RDD: Retrieval-Based Demonstration Decomposer for Planner Alignment in Long-Horizon Tasks',
      authors: ['Mingxuan Yan', 'Yuping Wang', 'Zechun Liu', 'Jiachen Li'],
      publishedAt: '2025-10-16T17:59:37.000Z',
      categories: ['cs.RO', 'cs.AI', 'cs.CV', 'cs.LG', 'cs.SY', 'eess.SY'],
      withdrawn: false,
      codeUrl: null,
    })
    expect(first?.abstract).toMatch(/^To tackle long-horizon tasks, .*rdd-neurips\.github\.io\.$/)
    expect(second?.id).toBe('2510.14827')
  })

  it('may hold ids of the old kind and times with an offset', () => {
    expect(readArxivFeed(fixture('atom_response_example_2007'))).toMatchObject([
      { id: 'hep-ex/0307015', publishedAt: '2003-07-07T17:46:39.000Z', authors: ['H1 Collaboration'] },
    ])
    const [round] = readArxivFeed(feed('<id>http://arxiv.org/abs/2608.10000v2</id><title>10000</title>'))
    expect(round).toMatchObject({ id: '2608.10000', version: 2, title: '10000' })
  })

  it('may be empty, which is no error', () => {
    expect(readArxivFeed(fixture('arxiv_empty'))).toEqual([])
  })

  it('may hold an error, which is no paper', () => {
    expect(() => readArxivFeed(fixture('atom_error_example_2007'))).toThrow(
      'arXiv answered with an error: incorrect id format for 1234.12345',
    )
    const [paper] = readArxivFeed(feed('<id>http://arxiv.org/abs/2608.10000v1</id><title>Error</title>'))
    expect(paper?.title).toBe('Error')
  })

  it.each([
    ['This paper has been withdrawn by the authors', true],
    ['Withdrawn due to an error in Theorem 2', true],
    ['12 pages; code at https://github.com/acme/one.', false],
    ['We study withdrawn liquidity', false],
  ])('tells of a paper commented "%s" that it was withdrawn: %s', (comment, expected) => {
    const entry = `<id>http://arxiv.org/abs/2608.10000v2</id><title>T</title><comment>${comment}</comment>`
    expect(readArxivFeed(feed(entry))[0]?.withdrawn).toBe(expected)
  })

  it('gives the code that authors name in their comment', () => {
    const entry =
      '<id>http://arxiv.org/abs/2608.10000v2</id><title>T</title><comment>code at https://github.com/acme/one.</comment>'
    expect(readArxivFeed(feed(entry))[0]?.codeUrl).toBe('https://github.com/acme/one')
  })

  it.each([
    ['a web page', '<!doctype html><html></html>', 'a document type'],
    [
      'entities that blow up',
      '<!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feed>&b;</feed>',
      'a document type',
    ],
    ['JSON', '{"error":"no"}', 'no Atom feed'],
    ['nothing', '', 'no Atom feed'],
    ['deep nesting', `<feed>${'<a>'.repeat(100_000)}`, 'broken XML'],
  ])('is refused when it is %s', (_what, xml, said) => {
    expect(() => readArxivFeed(xml)).toThrow(said)
  })
})
