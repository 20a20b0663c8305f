/** What a worker holds under leases: rows that wait, rows on their way, rows not settled yet. */
import type { Claimed } from './delivery.js'

export class LeaseSet {
  readonly #held = new Map<string, Claimed>()
  readonly #sending = new Set<string>()
  readonly #withdrawn = new WeakSet<Claimed>()
  #queue: Claimed[] = []
  #head = 0

  add(claimed: Claimed[]): void {
    this.#queue = [...this.#queue.slice(this.#head), ...claimed]
    this.#head = 0
    for (const delivery of claimed) this.#held.set(delivery.id, delivery)
  }

  /**
   * The next mail whose lease still holds, now on its way; those whose lease has run out are let go. None while it
   * is not on record that a place of its batch may be begun.
   */
  next(now: number): Claimed | undefined {
    for (let delivery = this.#queue[this.#head]; delivery; delivery = this.#queue[this.#head]) {
      if (delivery.place && delivery.place.position >= delivery.place.batch.begun) return undefined
      this.#head += 1
      if (delivery.leaseEnds > now) {
        this.#sending.add(delivery.id)
        return delivery
      }
      this.#held.delete(delivery.id)
    }
    return undefined
  }

  /** Its try has ended; it stays held until `drop`. */
  sent(id: string): void {
    this.#sending.delete(id)
  }

  drop(id: string): void {
    this.#held.delete(id)
  }

  /** Takes rows out that wait; all of them, or those that the test names. */
  takeWaiting(test: (delivery: Claimed) => boolean = () => true): Claimed[] {
    const rest = this.#queue.slice(this.#head)
    const taken = rest.filter(test)
    this.#queue = taken.length === rest.length ? [] : rest.filter((delivery) => !taken.includes(delivery))
    this.#head = 0
    for (const { id } of taken) this.#held.delete(id)
    return taken
  }

  /** Lets go of rows that another worker has. */
  forget(lost: Claimed[]): void {
    const ids = new Set(lost.map(({ id }) => id))
    this.takeWaiting(({ id }) => ids.has(id))
  }

  /** These are not to be begun; those on the wire are finished. */
  withdraw(unwanted: Claimed[]): void {
    for (const delivery of unwanted) this.#withdrawn.add(delivery)
  }

  /** Whether it may begin: its lease holds, and it was not withdrawn. */
  mayBegin(delivery: Claimed, now: number): boolean {
    return delivery.leaseEnds > now && !this.#withdrawn.has(delivery)
  }

  /** Those that wait here, on their way and unsettled. */
  all(): Claimed[] {
    return [...this.#held.values()]
  }

  endingBefore(time: number): Claimed[] {
    return this.all().filter(({ leaseEnds }) => leaseEnds < time)
  }

  sending(): number {
    return this.#sending.size
  }

  /** Waiting, on their way and unsettled. */
  size(): number {
    return this.#held.size
  }
}
