/** Cuts a text at the end of a sentence or of a word, in a time that the limit bounds and not the text. */
import { sentencesOf } from './sentences.js'
import { oneLine } from './text/one-line.js'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** UTF-16 units of a character as a reader sees it: a family of emoji has eleven, marks piled up by mischief more. */
const mostUnits = 12

/**
 * The first sentences that fit into that many characters. Where they would fill less than a third of it,
 * the text is cut at a word instead and marked with an ellipsis.
 */
export function cutAtSentence(text: string, limit: number): string {
  const whole = oneLine(text)
  if (whole.length <= limit) return whole
  let kept = ''
  // A sentence that ends far behind the limit is as good as one that ends nowhere.
  for (const sentence of sentencesOf(whole.slice(0, 2 * limit))) {
    if (kept.length + sentence.trimEnd().length > limit) break
    kept += sentence
  }
  return kept.length >= limit / 3 ? kept.trimEnd() : cutAtWord(whole, limit)
}

/** At most that many characters, cut after a whole word and marked with an ellipsis. */
export function cutAtWord(text: string, limit: number): string {
  const seen = text.slice(0, limit * mostUnits)
  const characters = Array.from(graphemes.segment(seen), ({ segment }) => segment)
  if (characters.length <= limit && seen.length === text.length) return text
  const blank = characters.slice(0, limit).lastIndexOf(' ')
  const kept = characters.slice(0, blank > limit / 2 ? blank : limit - 1).join('')
  return `${kept.replace(/[\s,;:.–—-]+$/u, '')}…`
}
