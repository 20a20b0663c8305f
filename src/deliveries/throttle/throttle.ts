/** Throttles that all workers share, as token buckets: how many of the picked rows may go now, and when the others. */

/** A bucket as it stands in the database. */
export type Bucket = {
  /** The recipient domain, or `*` for all mail. */
  key: string
  /** Messages a second. */
  rate: number
  tokens: number
  /** When `tokens` was right. */
  at: Date
  /** Up to when rows have been put off already; the next ones stand in line behind them. */
  tailAt: Date | null
}

type Throttled = { id: string; domain: string }

export type Allotment = {
  /** Ids of rows that have to wait, and until when. */
  postponed: Map<string, Date>
  buckets: Bucket[]
}

/** A second's worth may go in one burst. */
const capacityOf = (rate: number) => Math.max(1, rate)

/** Nobody is put off further, so that a rate that climbs back is soon made use of. */
const longestMs = 5 * 60_000

/** The bucket as it is now, with what has flowed in since. */
export function refilled(bucket: Bucket, now: Date): Bucket {
  const seconds = Math.max(0, now.getTime() - bucket.at.getTime()) / 1_000
  const tokens = Math.min(capacityOf(bucket.rate), bucket.tokens + seconds * bucket.rate)
  // Never back: the same time would flow in twice where the clocks of workers differ.
  return { ...bucket, tokens, at: now > bucket.at ? now : bucket.at }
}

/**
 * Takes a token for each row from the bucket of its domain; a domain without a bucket has no bound. A row
 * for which there is none is put off to the time at which one is likely, rather than looked at again and again.
 * @param random from 0 to 1, spreads those for whom the line is too long.
 */
export function allot(rows: Throttled[], found: Bucket[], now: Date, random: () => number): Allotment {
  const buckets = new Map(found.map((bucket) => [bucket.key, refilled(bucket, now)]))
  const postponed = new Map<string, Date>()
  for (const row of rows) {
    const bucket = buckets.get(row.domain)
    if (!bucket) continue
    if (bucket.tokens >= 1) bucket.tokens -= 1
    else postponed.set(row.id, putOff(bucket, now, random))
  }
  return { postponed, buckets: [...buckets.values()] }
}

function putOff(bucket: Bucket, now: Date, random: () => number): Date {
  const tail = Math.max(now.getTime(), bucket.tailAt?.getTime() ?? 0) + 1_000 / bucket.rate
  if (tail > now.getTime() + longestMs) return new Date(now.getTime() + longestMs * (0.5 + random() / 2))
  bucket.tailAt = new Date(tail)
  return bucket.tailAt
}
