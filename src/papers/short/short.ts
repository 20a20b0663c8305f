/** What a paper does, in a sentence or two: wherever there is no room for its abstract. */
import { cutAtSentence, cutAtWord } from '../../format/truncate.js'
import { chooseSentences } from './choose-sentence.js'

/** Six or seven lines of the mail: enough to decide on, short enough to read ten of them. */
export const longestShort = 420

/**
 * The source's own summary where there is one; otherwise the sentence of the abstract that says what the paper does,
 * with the one behind it where both fit. Ends with a sentence, or with an ellipsis.
 */
export function shortOf(paper: { title: string; abstract: string; summary: string | null }): string {
  if (paper.summary) return cutAtSentence(paper.summary, longestShort)
  const [chosen = '', next] = chooseSentences(paper.title, paper.abstract)
  const both = next === undefined ? chosen : `${chosen} ${next}`
  return both.length <= longestShort ? both : cutAtWord(chosen, longestShort)
}
