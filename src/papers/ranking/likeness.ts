/** How alike two papers are: the same work listed twice under two ids. */
import { cosineOf, type Meanings } from '../meaning/meanings.js'

type Words = { title: Set<string>; text: Set<string> }

/** Above this share of common word triples two texts are one; unrelated abstracts share under a twentieth. */
const sameText = 0.5
const sameTitle = 0.85

/** Two that mean so nearly the same and share more than unrelated ones are one work told in other words. */
const [sameMeaning, someText] = [0.95, 0.05]

/**
 * @param meanings - of those papers that a model has seen.
 * @returns a test whether two of these papers are near-duplicates; each paper's words are cut up once.
 */
export function likeness(
  meanings: Meanings = new Map(),
): (
  a: { id: string; title: string; abstract: string },
  b: { id: string; title: string; abstract: string },
) => boolean {
  const known = new Map<string, Words>()
  const wordsOf = (paper: { id: string; title: string; abstract: string }): Words => {
    const words = known.get(paper.id) ?? {
      title: new Set(split(paper.title)),
      text: triples(split(`${paper.title} ${paper.abstract}`)),
    }
    known.set(paper.id, words)
    return words
  }
  return (a, b) => {
    const [one, other] = [wordsOf(a), wordsOf(b)]
    const inCommon = overlap(one.text, other.text)
    if (inCommon >= sameText) return true
    const [meant, alsoMeant] = [meanings.get(a.id), meanings.get(b.id)]
    if (meant && alsoMeant && inCommon >= someText && cosineOf(meant, alsoMeant) >= sameMeaning) return true
    // A short title such as "Technical report" says too little to be alike.
    return Math.min(one.title.size, other.title.size) >= 5 && overlap(one.title, other.title) >= sameTitle
  }
}

function split(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
}

function triples(words: string[]): Set<string> {
  return new Set(words.slice(2).map((word, i) => `${words[i]} ${words[i + 1]} ${word}`))
}

/** Common members as a share of all (Jaccard); 0 for two empty sets. */
function overlap(a: Set<string>, b: Set<string>): number {
  if (a.size === 0 || b.size === 0) return 0
  let common = 0
  for (const word of a) if (b.has(word)) common += 1
  return common / (a.size + b.size - common)
}
