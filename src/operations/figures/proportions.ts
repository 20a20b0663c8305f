/** Shares of readers, and differences of shares, each with the interval that it lies in with a probability of 95 %. */

/** `from` and `to` are the ends of the interval. */
type Interval = { from: number; to: number }
export type Share = { share: number } & Interval
export type Difference = { difference: number } & Interval

const z = 1.96

/** Wilson's interval, which also holds for few readers and for shares near 0. */
export function shareOf(some: number, all: number): Share {
  const share = some / all
  const middle = (share + z ** 2 / (2 * all)) / (1 + z ** 2 / all)
  const half = (z / (1 + z ** 2 / all)) * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2))
  return rounded({ share, from: Math.max(0, middle - half), to: Math.min(1, middle + half) })
}

/**
 * How much larger the first share is, with Newcombe's interval (1998, method 10) from the two intervals. An interval
 * that includes 0 proves no difference.
 */
export function differenceOf(one: Share, other: Share): Difference {
  const difference = one.share - other.share
  const below = Math.hypot(one.share - one.from, other.to - other.share)
  const above = Math.hypot(one.to - one.share, other.share - other.from)
  return rounded({ difference, from: difference - below, to: difference + above })
}

const rounded = <T extends Record<string, number>>(values: T): T =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Math.round(value * 10_000) / 10_000]),
  ) as T
