/** Tries formulas on recorded days: how well does each choice at sending time foretell the settled one? */
import { type FeatureName, featuresOf, hoursListed, scoreWith, type Weights } from '../ranking/features.js'
import { shippedWeights } from '../ranking/score.js'
import { fitAll, fitWithoutEach } from './fit.js'
import { type Measures, mean, measureTrial } from './measure.js'
import { leastPapers, type Trial, type TrialPaper } from './trial.js'

type FormulaResult = Measures & {
  name: string
  /** True where each day was foretold by weights fitted on the other days only. */
  crossValidated: boolean
}

export type BacktestReport = {
  days: number
  papers: number
  /** Days with fewer than eight papers. */
  leftOut: number
  formulas: FormulaResult[]
  /** Weights fitted on all these days; null with fewer than ten. */
  fitted: Weights | null
  shipped: Weights
}

/** With fewer days a fit says more about them than about the next. */
const leastDaysToFit = 10

const hackerNews = (paper: TrialPaper) =>
  Math.max(0, paper.votes - 1) ** 0.8 / (hoursListed(paper, paper.seenAt) + 2) ** 1.8
const fixedFormulas: [string, (paper: TrialPaper) => number][] = [
  ['votes', (paper) => paper.votes],
  ['Hacker News: (votes - 1)^0.8 / (hours + 2)^1.8', hackerNews],
  ['votes / (hours + 24)', (paper) => paper.votes / (hoursListed(paper, paper.seenAt) + 24)],
]
const shippedFeatures: FeatureName[] = ['votes', 'hours', 'talk', 'authors', 'lag', 'stars']
const fittedFormulas: [string, FeatureName[]][] = [
  ['fitted: votes, hours', ['votes', 'hours']],
  ['fitted: votes, hours, talk', ['votes', 'hours', 'talk']],
  ['fitted: votes, hours, talk, authors', ['votes', 'hours', 'talk', 'authors']],
  ['fitted: votes, hours, talk, authors, lag (the formula)', shippedFeatures],
]

/** @returns null when no day has at least eight papers. */
export function backtest(all: readonly Trial[]): BacktestReport | null {
  const trials = all.filter((trial) => trial.papers.length >= leastPapers)
  if (trials.length === 0) return null
  const enough = trials.length >= leastDaysToFit
  const formulas = [
    ...fixedFormulas.map(([name, score]) => tryFormula(name, trials, () => score)),
    ...(enough ? fittedFormulas.map(([name, features]) => tryFitted(name, trials, features)) : []),
    tryFormula('the formula with the shipped weights', trials, () => scoreBy(shippedWeights)),
  ]
  return {
    days: trials.length,
    papers: trials.reduce((sum, trial) => sum + trial.papers.length, 0),
    leftOut: all.length - trials.length,
    formulas,
    fitted: enough ? fitAll(trials, shippedFeatures) : null,
    shipped: shippedWeights,
  }
}

function tryFitted(name: string, trials: readonly Trial[], features: readonly FeatureName[]): FormulaResult {
  const weights = fitWithoutEach(trials, features)
  const scores = weights.map(scoreBy)
  return { ...tryFormula(name, trials, (i) => scores[i] ?? scoreBy(shippedWeights)), crossValidated: true }
}

function tryFormula(
  name: string,
  trials: readonly Trial[],
  scoreFor: (trial: number) => (paper: TrialPaper) => number,
): FormulaResult {
  const measures = trials.map((trial, i) => measureTrial(trial, scoreFor(i)))
  return { name, crossValidated: false, ...mean(measures) }
}

function scoreBy(weights: Weights): (paper: TrialPaper) => number {
  return (paper) => scoreWith(weights, featuresOf(paper, paper.seenAt))
}
