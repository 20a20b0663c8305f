/** What a worker holds under leases: rows that wait, rows on their way, rows not settled yet. */
import type { Claimed } from './delivery.js'

export type Holding = {
  add(claimed: Claimed[]): void
  /**
   * The next mail whose lease still holds, now on its way; those whose lease has run out are let go. None while it
   * is not on record that a place of its batch may be begun.
   */
  next(now: number): Claimed | undefined
  /** Its try has ended; it stays held until `drop`. */
  sent(id: string): void
  drop(id: string): void
  /** Takes rows out that wait; all of them, or those that the test names. */
  takeWaiting(test?: (delivery: Claimed) => boolean): Claimed[]
  /** Lets go of rows that another worker has. */
  forget(lost: Claimed[]): void
  /** These are not to be begun; those on the wire are finished. */
  withdraw(unwanted: Claimed[]): void
  /** Whether it may begin: its lease holds, and it was not withdrawn. */
  mayBegin(delivery: Claimed, now: number): boolean
  waiting(): Claimed[]
  /** Those that wait here, on their way and unsettled. */
  all(): Claimed[]
  endingBefore(time: number): Claimed[]
  sending(): number
  /** Waiting, on their way and unsettled. */
  size(): number
}

export function openHolding(): Holding {
  const held = new Map<string, Claimed>()
  const sending = new Set<string>()
  const withdrawn = new WeakSet<Claimed>()
  let queue: Claimed[] = []
  let head = 0

  const takeWaiting = (test: (delivery: Claimed) => boolean = () => true): Claimed[] => {
    const rest = queue.slice(head)
    const taken = rest.filter(test)
    queue = taken.length === rest.length ? [] : rest.filter((delivery) => !taken.includes(delivery))
    head = 0
    for (const { id } of taken) held.delete(id)
    return taken
  }

  return {
    add(claimed) {
      queue = [...queue.slice(head), ...claimed]
      head = 0
      for (const delivery of claimed) held.set(delivery.id, delivery)
    },
    next(now) {
      for (let delivery = queue[head]; delivery; delivery = queue[head]) {
        if (delivery.place && delivery.place.position >= delivery.place.batch.begun) return undefined
        head += 1
        if (delivery.leaseEnds > now) {
          sending.add(delivery.id)
          return delivery
        }
        held.delete(delivery.id)
      }
      return undefined
    },
    sent: (id) => void sending.delete(id),
    drop: (id) => void held.delete(id),
    takeWaiting,
    forget(lost) {
      const ids = new Set(lost.map(({ id }) => id))
      takeWaiting(({ id }) => ids.has(id))
    },
    withdraw(unwanted) {
      for (const delivery of unwanted) withdrawn.add(delivery)
    },
    mayBegin: (delivery, now) => delivery.leaseEnds > now && !withdrawn.has(delivery),
    waiting: () => queue.slice(head),
    all: () => [...held.values()],
    endingBefore: (time) => [...held.values()].filter(({ leaseEnds }) => leaseEnds < time),
    sending: () => sending.size,
    size: () => held.size,
  }
}
