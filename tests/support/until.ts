/** Waits for a condition instead of a time. */
import { setTimeout as sleep } from 'node:timers/promises'

type Patience = {
  /** How long it may take, in milliseconds. */
  within?: number
  every?: number
  /** Said with the failure. */
  tell?: () => string
}

type Truthy<T> = Exclude<T, false | null | undefined>

/** @returns what it says once that is true; a condition that throws does not hold yet. @throws after `within`. */
export async function until<T>(
  holds: () => T | Promise<T>,
  { within = 15_000, every = 10, tell = () => '' }: Patience = {},
): Promise<Truthy<T>> {
  const end = performance.now() + within
  for (let fault: unknown; ; await sleep(every)) {
    try {
      const said = await holds()
      if (said) return said as Truthy<T>
    } catch (error) {
      fault = error
    }
    if (performance.now() < end) continue
    throw new Error(`not within ${within} ms: ${holds.toString()} ${tell()}`.trimEnd(), { cause: fault })
  }
}
