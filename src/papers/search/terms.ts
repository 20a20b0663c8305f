/** Takes a search apart: words, quoted phrases, what must not be in it, an arXiv id. */
import { arxivId } from '../arxiv-id.js'

export type Term = {
  kind: 'word' | 'phrase'
  /** Letters, digits and, in a phrase, single spaces: nothing that a text search query would read as its own. */
  text: string
  /** `-word`: must not be there. */
  not: boolean
  /** The last word while it is being typed: what begins with it counts too. */
  open: boolean
}

export type Terms = {
  /** The id, where the search is one or a link to a paper. */
  arxivId: string | null
  terms: Term[]
}

const mostLength = 600
const mostTerms = 32
const piece = /(-?)(?:"([^"]*)"?|([^\s"]+))/gu

export function readTerms(search: string): Terms {
  const text = search
    .slice(0, mostLength)
    .normalize('NFC')
    .replaceAll(/[“”„«»]/gu, '"')
  const terms: Term[] = []
  for (const [, minus, phrase, word] of text.matchAll(piece)) {
    const words = (phrase ?? word ?? '').match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
    const not = minus === '-'
    // What stands in quotation marks, or hangs together behind a minus, is one thing.
    if (words.length > 1 && (phrase !== undefined || not)) {
      terms.push({ kind: 'phrase', text: words.join(' '), not, open: false })
    } else {
      for (const one of words) terms.push({ kind: 'word', text: one, not, open: false })
    }
  }
  const last = terms.at(-1)
  if (last?.kind === 'word' && !last.not && /[\p{L}\p{M}\p{N}]$/u.test(text))
    last.open = last.text.length >= 3
  return { arxivId: arxivId(text.trim()), terms: terms.slice(0, mostTerms) }
}
