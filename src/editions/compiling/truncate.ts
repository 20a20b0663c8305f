/** Cuts an abstract at the end of a sentence. */
import { cutAtWord } from './subject.js'

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/** Endings after which a capital letter does not begin a new sentence. */
const abbreviation =
  /(?:^|[\s(])(?:et al|e\.g|i\.e|cf|vs|Fig|Figs|Eq|Eqs|Sec|Tab|No|Dr|Prof|approx|resp|[A-Z])\.\s*$/

/**
 * The first sentences that fit into that many characters. Where they would fill less than a third of it,
 * the text is cut at a word instead and marked with an ellipsis.
 */
export function cutAtSentence(text: string, limit: number): string {
  const whole = text.replaceAll(/\s+/g, ' ').trim()
  if (whole.length <= limit) return whole
  let kept = ''
  for (const sentence of sentencesOf(whole)) {
    if (kept.length + sentence.trimEnd().length > limit) break
    kept += sentence
  }
  return kept.length >= limit / 3 ? kept.trimEnd() : cutAtWord(whole, limit)
}

function sentencesOf(text: string): string[] {
  const sentences: string[] = []
  let open = ''
  for (const { segment } of segmenter.segment(text)) {
    open += segment
    if (abbreviation.test(open)) continue
    sentences.push(open)
    open = ''
  }
  return open ? [...sentences, open] : sentences
}
