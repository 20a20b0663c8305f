/** Chooses the sentence of an abstract that says what the paper does or finds. */
import { cues } from './cues.js'
import { type Features, featuresOf } from './features.js'
import { sentencesOf } from '../../format/sentences.js'
import { weights } from './weights.js'
import { oneLine } from '../../format/text/one-line.js'

/** An abstract longer than this is not looked at beyond it; arXiv allows 1,920 characters. */
const longestLookedAt = 2_500

/**
 * The chosen sentence and, unless it is about code to download, the one behind it.
 * @returns one or two sentences on one line each; none for an empty abstract.
 */
export function chooseSentences(title: string, abstract: string): string[] {
  const text = oneLine(abstract.slice(0, longestLookedAt))
  const sentences = sentencesOf(text).map((sentence) => sentence.trim())
  const best = bestOf(featuresOf(title, sentences).map(scoreOf))
  const [chosen, next] = [sentences[best], sentences[best + 1]]
  if (chosen === undefined) return []
  return next === undefined || cues.availability.test(next) ? [chosen] : [chosen, next]
}

const scoreOf = (features: Features) =>
  Object.entries(features).reduce((sum, [name, value]) => sum + value * (weights[name] ?? 0), 0)

const bestOf = (scores: number[]) => scores.indexOf(Math.max(...scores))
