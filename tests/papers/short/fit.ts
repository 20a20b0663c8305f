/** Fits the weights of the sentence chooser: logistic regression over the sentences of each marked abstract. */
import { featuresOf } from '../../../src/papers/short/features.js'
import { sentencesOf } from '../../../src/format/sentences.js'

export type Marked = {
  id: string
  title: string
  abstract: string
  /** Which sentences, counted from 0, say what the paper does or finds. */
  says: number[]
}

type Example = { sentences: number[][]; says: number[] }

const rounds = 300
const step = 0.9
/** Keeps weights small where few abstracts speak for them. */
const decay = 0.002

export function fit(marked: Marked[]): Record<string, number> {
  const names = Object.keys(featuresOf('', [''])[0] ?? {})
  const examples = marked.map((one) => exampleOf(one, names))
  const weights = names.map(() => 0)
  for (let round = 0; round < rounds; round += 1) {
    const slope = weights.map((weight) => -decay * weight * examples.length)
    for (const example of examples) addSlope(slope, example, weights)
    for (const [index, value] of slope.entries()) weights[index]! += (step * value) / examples.length
  }
  return Object.fromEntries(names.map((name, index) => [name, Math.round(weights[index]! * 100) / 100]))
}

/** The slope of the logarithm of the probability that one of the marked sentences is chosen. */
function addSlope(slope: number[], { sentences, says }: Example, weights: number[]): void {
  const powers = sentences.map((features) => Math.exp(dot(features, weights)))
  const all = powers.reduce((sum, power) => sum + power, 0)
  const right = says.reduce((sum, index) => sum + (powers[index] ?? 0), 0)
  for (const [index, features] of sentences.entries()) {
    const power = powers[index]!
    const pull = (says.includes(index) ? power / right : 0) - power / all
    for (let name = 0; name < slope.length; name += 1) slope[name]! += pull * features[name]!
  }
}

function dot(features: number[], weights: number[]): number {
  let sum = 0
  for (let name = 0; name < weights.length; name += 1) sum += features[name]! * weights[name]!
  return sum
}

function exampleOf({ title, abstract, says }: Marked, names: string[]): Example {
  const sentences = sentencesOf(abstract).map((sentence) => sentence.trim())
  const features = featuresOf(title, sentences)
  return { sentences: features.map((of) => names.map((name) => of[name] ?? 0)), says }
}
