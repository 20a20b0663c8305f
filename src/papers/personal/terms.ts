/** The words of a paper that tell what it is about: stems, and pairs of neighbours. */
import { stemmer } from 'stemmer'

/** A text longer than this is not looked at beyond it. */
const longest = 6_000

/** Words that papers of every field have. */
const common = new Set(
  `a about above across after all also although among an and another any approach approaches are as at available be
   because been before being between both but by can code could demonstrate despite different do does due during each
   either et al existing experiments extensive few first for from further furthermore had has have having here how
   however i if in into introduce is it its itself many may method methods more moreover most much must new no nor not
   novel of often on one only or other our out over own paper papers present propose proposed prior problem recent
   remain remains results same several should show shows since so some such state-of-the-art than that the their them
   then there therefore these they this those through thus to two under up upon use used using various very via was we
   well were what when where whether which while who whose why will with within without work would yet you your`.split(
    /\s+/,
  ),
)

/** How much more a word in the title says than one in the abstract. */
const titleWeight = 2

/** @returns how often each term occurs, those of the title counted twice. */
export function termsOf({ title, abstract }: { title: string; abstract: string }): Map<string, number> {
  const terms = new Map<string, number>()
  addTerms(terms, title.slice(0, longest), titleWeight)
  addTerms(terms, abstract.slice(0, longest), 1)
  return terms
}

function addTerms(terms: Map<string, number>, text: string, weight: number): void {
  let before: string | null = null
  for (const word of text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu) ?? []) {
    if (common.has(word) || word.length > 40) {
      before = null
      continue
    }
    const stem = stemOf(word)
    add(terms, stem, weight)
    for (const part of partsOf(word)) add(terms, part, weight)
    if (before !== null) add(terms, `${before} ${stem}`, weight)
    before = stem
  }
}

/** `vision-language` is also about vision and about language. */
const partsOf = (word: string) =>
  word.includes('-')
    ? word
        .split('-')
        .filter((part) => part.length > 1 && !common.has(part))
        .map(stemOf)
    : []

function add(terms: Map<string, number>, term: string, weight: number): void {
  terms.set(term, (terms.get(term) ?? 0) + weight)
}

/** The same words come again and again; a stem takes a microsecond. */
const stems = new Map<string, string>()
const mostStems = 50_000

function stemOf(word: string): string {
  const known = stems.get(word)
  if (known !== undefined) return known
  const stem = stemmer(word)
  if (stems.size >= mostStems) stems.clear()
  stems.set(word, stem)
  return stem
}
