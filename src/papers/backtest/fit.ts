/** Least squares for the logarithm of settled votes, within days: what sets papers of one day apart. */
import { type FeatureName, featureNames, featuresOf, type Weights } from '../ranking/features.js'
import type { Trial } from './trial.js'

/** What a day adds to the normal equations: products of features, and of features with the target. */
type Sums = { products: number[][]; targets: number[] }

/** Keeps a feature that never varies, such as stars that nobody recorded, at weight 0. */
const ridge = 1e-3

/**
 * Weights that foretell days not used for them: for each trial, those fitted on all the others. Only the named
 * features take part; the rest weigh 0.
 */
export function fitWithoutEach(trials: readonly Trial[], names: readonly FeatureName[]): Weights[] {
  const each = trials.map((trial) => sumsOf(trial, names))
  const all = each.reduce((sum, one) => combine(sum, one, 1), zero(names.length))
  return each.map((own) => solveFor(combine(all, own, -1), names))
}

/** Weights fitted on all trials: what to ship. */
export function fitAll(trials: readonly Trial[], names: readonly FeatureName[]): Weights {
  const all = trials.map((trial) => sumsOf(trial, names))
  return solveFor(
    all.reduce((sum, one) => combine(sum, one, 1), zero(names.length)),
    names,
  )
}

function zero(size: number): Sums {
  return {
    products: Array.from({ length: size }, () => Array<number>(size).fill(0)),
    targets: Array<number>(size).fill(0),
  }
}

function combine(a: Sums, b: Sums, sign: 1 | -1): Sums {
  return {
    products: a.products.map((row, i) => row.map((value, j) => value + sign * (b.products[i]?.[j] ?? 0))),
    targets: a.targets.map((value, i) => value + sign * (b.targets[i] ?? 0)),
  }
}

/** Taken from the mean of the day: whether all papers of a day do well is of no use for their order. */
function sumsOf(trial: Trial, names: readonly FeatureName[]): Sums {
  const rows = trial.papers.map((paper) => {
    const features = featuresOf(paper, paper.seenAt)
    return [...names.map((name) => features[name]), Math.log(1 + paper.settled)]
  })
  const means = Array.from(
    { length: names.length + 1 },
    (_, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / rows.length,
  )
  const centred = rows.map((row) => row.map((value, i) => value - (means[i] ?? 0)))
  const product = (i: number, j: number) =>
    centred.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0)
  return {
    products: names.map((_, i) => names.map((_, j) => product(i, j))),
    targets: names.map((_, i) => product(i, names.length)),
  }
}

function solveFor(sums: Sums, names: readonly FeatureName[]): Weights {
  const solved = solve(
    sums.products.map((row, i) => row.map((value, j) => value + (i === j ? ridge : 0))),
    sums.targets,
  )
  const weightOf = (name: FeatureName) => solved[names.indexOf(name)] ?? 0
  return Object.fromEntries(featureNames.map((name) => [name, weightOf(name)])) as Weights
}

/** Gauss and Jordan, with the largest pivot; the ridge keeps the matrix from being singular. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0])
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 0; i < rows.length; i += 1) {
    let pivot = i
    for (let k = i + 1; k < rows.length; k += 1) if (Math.abs(at(k, i)) > Math.abs(at(pivot, i))) pivot = k
    ;[rows[i], rows[pivot]] = [rows[pivot] ?? [], rows[i] ?? []]
    for (let k = 0; k < rows.length; k += 1) {
      const factor = k === i ? 0 : at(k, i) / at(i, i)
      rows[k] = (rows[k] ?? []).map((value, j) => value - factor * at(i, j))
    }
  }
  return rows.map((_, i) => at(i, rows.length) / at(i, i))
}
