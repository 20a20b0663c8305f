/** The numbers that foretell how many votes a paper will end with; the score is a weighted sum of them. */

/** What the formula may know of a paper at one time. */
export type Seen = {
  votes: number
  comments: number
  /** 0 where nobody told. */
  authorCount: number
  stars: number | null
  publishedAt: Date | null
  listedAt: Date | null
}

export const featureNames = ['votes', 'hours', 'talk', 'authors', 'lag', 'stars'] as const
export type FeatureName = (typeof featureNames)[number]
export type Weights = Record<FeatureName, number>

const hourMs = 3_600_000
/** What is taken where a fact is unknown, so that its absence neither helps nor harms: the usual value. */
const usual = { hours: 12, authors: 6, lagDays: 1.5 }

/**
 * Logarithms, since votes grow in proportion. One vote and six hours are added before the logarithm: they shrink
 * the rate of a paper that has hardly been seen, so that two votes in its first hour do not lead.
 */
export function featuresOf(seen: Seen, at: Date): Weights {
  const authors = seen.authorCount > 0 ? Math.min(seen.authorCount, 100) : usual.authors
  return {
    votes: Math.log(seen.votes + 1),
    hours: Math.log(hoursListed(seen, at) + 6),
    // The submitter's own comment comes with every listing.
    talk: Math.log(1 + Math.max(0, seen.comments - 1)),
    authors: Math.log(authors),
    lag: Math.log(1 + lagDays(seen)),
    // Years-old repositories have tens of thousands.
    stars: Math.log(1 + Math.min(seen.stars ?? 0, 500)),
  }
}

/** Hours between the listing and that time, at least 0. */
export function hoursListed(seen: Pick<Seen, 'listedAt'>, at: Date): number {
  return seen.listedAt ? Math.max(0, (at.getTime() - seen.listedAt.getTime()) / hourMs) : usual.hours
}

/** Days from publication to listing, at most 14: a paper dug up later has spent its first attention. */
function lagDays({ publishedAt, listedAt }: Seen): number {
  if (!publishedAt || !listedAt) return usual.lagDays
  const days = (listedAt.getTime() - publishedAt.getTime()) / (24 * hourMs)
  return Math.min(14, Math.max(0, days))
}

/** The weighted sum, through the exponential: a number that grows like votes. */
export function scoreWith(weights: Weights, features: Weights): number {
  return Math.exp(featureNames.reduce((sum, name) => sum + weights[name] * features[name], 0))
}
