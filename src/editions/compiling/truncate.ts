/** Cuts an abstract at the end of a sentence. */
import { sentencesOf } from '../../format/sentences.js'
import { cutAtWord } from './subject.js'
import { oneLine } from '../../format/text/one-line.js'

/**
 * The first sentences that fit into that many characters. Where they would fill less than a third of it,
 * the text is cut at a word instead and marked with an ellipsis.
 */
export function cutAtSentence(text: string, limit: number): string {
  const whole = oneLine(text)
  if (whole.length <= limit) return whole
  let kept = ''
  for (const sentence of sentencesOf(whole)) {
    if (kept.length + sentence.trimEnd().length > limit) break
    kept += sentence
  }
  return kept.length >= limit / 3 ? kept.trimEnd() : cutAtWord(whole, limit)
}
