/** Which workers count as alive, for the desk, `status`, alerts, metrics and sign-ups alike. */

/** Workers tell of themselves every five seconds; one that was not heard of for so long is taken for dead. */
const silentSeconds = 15

/** SQL over `worker`. @param now - SQL of the time to judge by, such as `$1`. */
export const isAlive = (now: string): string =>
  `seen_at > ${now}::timestamptz - interval '${silentSeconds} seconds'`
