/** How many rows to claim ahead: a fraction of a second's worth, and how long to wait while no relay can be reached. */

export type Pace = {
  /** How many rows to claim now, given how many are held; 0 while enough are. */
  wanted(held: number): number
  claimed(): void
  sent(): void
  /** Milliseconds to wait before the next claim; grows until a send comes through again. */
  unreached(): number
}

/** Rows that live no longer than this die young, which costs the garbage collector nothing. */
const secondsAhead = 0.25
const most = 500
const firstWait = 500
const longestWait = 15_000

export function openPace(slots: () => number, cautious: boolean): Pace {
  let since = performance.now()
  let sentSince = 0
  let perSecond = 0
  let wait = 0

  const target = () => {
    const least = 2 * slots()
    return cautious ? least : Math.min(most, Math.max(2 * least, Math.ceil(perSecond * secondsAhead)))
  }
  return {
    wanted(held) {
      if (slots() === 0) return 0
      // Asking for a handful at a time would cost more than it brings.
      return held > target() / 2 ? 0 : target() - held
    },
    claimed() {
      const elapsed = performance.now() - since
      if (elapsed < 200) return
      perSecond = (sentSince / elapsed) * 1_000
      since = performance.now()
      sentSince = 0
    },
    sent() {
      sentSince += 1
      wait = 0
    },
    unreached() {
      wait = Math.min(longestWait, Math.max(firstWait, wait * 2))
      return wait
    },
  }
}
