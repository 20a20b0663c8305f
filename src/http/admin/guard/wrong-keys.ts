/** Slows down whoever guesses: after so many failures from one place, nothing is tried for a while. */
import { LRUCache } from 'lru-cache'
import { bytes, float, int, timestamptz } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'
import { Problem } from '../../../errors.js'
import type { Services } from '../../../services.js'
import { keyedHash } from '../../../subscribers/keys.js'
import { networkOf, siteOf } from '../../../subscribers/door/limits.js'

type ThrottleServices = Pick<Services, 'db' | 'clock' | 'secrets'>

/** Where failures are counted, and how many of them at most, as a multiple of the bound. */
export type Place = { key: string; times: number }

/** An address of IPv4; whoever has one of IPv6 has a /64 of them, and may have been given a /48. */
export function placesOf(ip: string): Place[] {
  const site = siteOf(ip)
  if (site === null) return [{ key: ip.replace(/^::ffff:(?=\d)/i, ''), times: 1 }]
  return [
    { key: networkOf(ip), times: 1 },
    { key: `${site}::/48`, times: 3 },
  ]
}

export type ThrottleOptions = {
  /** Tells counters of different kinds apart. */
  name: string
  failures: number
  windowSeconds: number
}

const countFailure = statement({
  text: `INSERT INTO failed_try AS f (place, count, until)
       VALUES ($1, 1, $2::timestamptz + make_interval(secs => $3))
       ON CONFLICT (place) DO UPDATE SET
         count = CASE WHEN f.until <= $2 THEN 1 ELSE f.count + 1 END,
         until = CASE WHEN f.until > $2 AND f.count >= $4 THEN f.until ELSE excluded.until END
       RETURNING count, until`,
  parameters: [bytes, timestamptz, float, int],
  columns: { count: int, until: timestamptz },
})

// Bounds the memory that somebody with many addresses can take.
const mostPlaces = 10_000

/**
 * Counts failures per place in the database, for all processes together, within a window that each failure
 * begins anew. Who never fails costs nothing: a process asks only after a failure, and remembers who has to wait.
 */
export class Throttle {
  readonly #services: ThrottleServices
  readonly #options: ThrottleOptions
  /** Up to when each place has to wait, in milliseconds. */
  readonly #closed = new LRUCache<string, number>({ max: mostPlaces })

  constructor(services: ThrottleServices, options: ThrottleOptions) {
    this.#services = services
    this.#options = options
  }

  /**
   * Asked once a key was found to be wrong: a right one is never refused for what others tried from its place.
   * @throws Problem `too-many-requests` while one of the places has to wait, as far as this process knows.
   */
  requireOpen(places: Place[]): void {
    const ends = Math.max(...places.map(({ key }) => this.#closed.get(key) ?? 0))
    const left = ends - this.#services.clock.now().getTime()
    if (left <= 0) return
    const retryAfter = Math.ceil(left / 1000)
    throw new Problem('too-many-requests', 'Too many failed tries. Wait, then try again.', { retryAfter })
  }

  /**
   * Counts a failure.
   * @throws Problem `too-many-requests` when a place had to wait, as another process knew.
   */
  async fail(places: Place[]): Promise<void> {
    const { db, clock, secrets } = this.#services
    const { name, failures, windowSeconds } = this.#options
    for (const place of places) {
      const most = failures * place.times
      const key = keyedHash(secrets.keys[0], `failed try ${name}`, place.key)
      const [row] = await db.run(countFailure, [key, clock.now(), windowSeconds, most])
      if (!row || row.count < most) continue
      this.#closed.set(place.key, row.until.getTime())
      if (row.count > most) this.requireOpen([place])
    }
  }
}
