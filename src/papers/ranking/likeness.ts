/** How alike two papers are by their words: the same work listed twice under two ids. */

type Words = { title: Set<string>; text: Set<string> }

/** Above this share of common word triples two texts are one; unrelated abstracts share under a twentieth. */
const sameText = 0.5
const sameTitle = 0.85

/** @returns a test whether two of these papers are near-duplicates; each paper's words are cut up once. */
export function likeness(): (
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
    if (overlap(one.text, other.text) >= sameText) return true
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
