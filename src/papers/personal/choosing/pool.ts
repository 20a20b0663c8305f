/** The papers that a day's editions are chosen from, found by what readers follow or mute. */
import { termsOf } from '../terms.js'
import { likenessOf, type Vector } from '../vectors.js'

export type PoolPaper = {
  id: string
  title: string
  abstract: string
  /** Folded, as interests are. */
  authors: readonly string[]
  organisation: string | null
  keywords: readonly string[]
  /** The community's score. */
  score: number
  /** An editor let it in again: it may come to who had it. */
  returned: boolean
}

export type Wish = { kind: string; key: string }

export type Pool = {
  papers: readonly PoolPaper[]
  vectors: readonly Vector[]
  /** The community's score of each, with a mean of 0 and a spread of 1. */
  community: Float64Array
  /** The papers that a wish is about. */
  about(wish: Wish): readonly number[]
  /** Whether two papers are of one topic: a keyword in common, or much alike. */
  isOneTopic(a: number, b: number): boolean
}

export function openPool(papers: readonly PoolPaper[], vectors: readonly Vector[]): Pool {
  const named = new Map<string, number[]>()
  const note = (kind: string, key: string, index: number) => {
    const name = `${kind} ${key}`
    const known = named.get(name)
    if (!known) named.set(name, [index])
    else if (known.at(-1) !== index) known.push(index)
  }
  for (const [index, paper] of papers.entries()) {
    for (const author of paper.authors) note('author', author, index)
    if (paper.organisation) note('organisation', paper.organisation, index)
    for (const keyword of paper.keywords) {
      note('keyword', keyword, index)
      // The source's own categories stand among the keywords, folded: `cs lg`.
      note('category', keyword, index)
    }
  }
  const terms = papers.map((paper) => new Set(termsOf(paper).keys()))
  const byWords = new Map<string, readonly number[]>()
  const withWords = (key: string) => {
    const words = [...termsOf({ title: key, abstract: '' }).keys()].filter((term) => !term.includes(' '))
    return words.length === 0
      ? []
      : [...terms.keys()].filter((i) => words.every((word) => terms[i]!.has(word)))
  }
  return {
    papers,
    vectors,
    isOneTopic: topicsOf(papers, vectors),
    community: standardised(papers.map(({ score }) => score)),
    about({ kind, key }) {
      if (kind === 'category') return named.get(`category ${key.replaceAll('.', ' ')}`) ?? []
      if (kind !== 'words') return named.get(`${kind} ${key}`) ?? []
      const known = byWords.get(key)
      if (known) return known
      const found = withWords(key)
      if (byWords.size > mostKept) byWords.clear()
      byWords.set(key, found)
      return found
    },
  }
}

const sameTopic = 0.25

/** Of what readers wrote in words of their own. */
const mostKept = 20_000

function topicsOf(papers: readonly PoolPaper[], vectors: readonly Vector[]): Pool['isOneTopic'] {
  const size = papers.length
  const same = new Uint8Array(size * size)
  for (let a = 0; a < size; a += 1) {
    for (let b = 0; b < a; b += 1) {
      const shared = papers[a]!.keywords.some((keyword) => papers[b]!.keywords.includes(keyword))
      if (!shared && likenessOf(vectors[a]!, vectors[b]!) < sameTopic) continue
      same[a * size + b] = 1
      same[b * size + a] = 1
    }
  }
  return (a, b) => same[a * size + b] === 1
}

function standardised(values: readonly number[]): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / (values.length || 1)
  const spread =
    Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length || 1)) || 1
  return Float64Array.from(values, (value) => (value - mean) / spread)
}
