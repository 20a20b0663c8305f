/** The Mann–Whitney U test: whether two samples may well come from one distribution. */

/** The two-sided p by the normal approximation, corrected for ties; for samples of twenty and more. */
export function sameDistribution(a: number[], b: number[]): number {
  const all = [...a.map((value) => ({ value, first: true })), ...b.map((value) => ({ value, first: false }))]
  all.sort((x, y) => x.value - y.value)
  let ranks = 0
  let ties = 0
  for (let from = 0; from < all.length; ) {
    let to = from + 1
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1
    const count = to - from
    ties += count ** 3 - count
    ranks += ((from + 1 + to) / 2) * all.slice(from, to).filter(({ first }) => first).length
    from = to
  }
  const n = all.length
  const u = ranks - (a.length * (a.length + 1)) / 2
  const variance = ((a.length * b.length) / 12) * (n + 1 - ties / (n * (n - 1)))
  if (variance === 0) return 1
  const z = Math.max(0, Math.abs(u - (a.length * b.length) / 2) - 0.5) / Math.sqrt(variance)
  return Math.min(1, 2 * upperTail(z))
}

/** P(Z > z) of the normal distribution, by Abramowitz and Stegun 26.2.17; exact to seven digits. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const sum = series.reduceRight((rest, factor) => (rest + factor) * t, 0)
  return (Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum
}
