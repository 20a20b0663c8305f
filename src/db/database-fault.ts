/** What Postgres said of a statement that failed, whichever library ran it. */

export type DatabaseFault = {
  /** SQLSTATE, such as 23505 for a unique constraint. */
  state: string
  /** The constraint or unique index that was violated. */
  constraint: string | undefined
}

// Serialisation failure and deadlock: Postgres gave up this transaction in favour of another one.
const givenUp = new Set(['40001', '40P01'])

/** Reads errors of pg, Kysely and Prisma alike; undefined for what did not come from Postgres. */
export function databaseFault(thrown: unknown): DatabaseFault | undefined {
  if (!isRecord(thrown)) return undefined
  const { code, constraint } = thrown
  if (isSqlState(code) && 'severity' in thrown) return { state: code, constraint: textOf(constraint) }
  return fromPrisma(thrown)
}

/** True where the same work may succeed when it is done again. */
export function wasGivenUp(thrown: unknown): boolean {
  return givenUp.has(databaseFault(thrown)?.state ?? '')
}

/** Prisma keeps the driver's error in `meta.driverAdapterError.cause`, or throws the adapter's own. */
function fromPrisma(thrown: Record<string, unknown>): DatabaseFault | undefined {
  const adapterError = isRecord(thrown['meta']) ? thrown['meta']['driverAdapterError'] : thrown
  const cause = isRecord(adapterError) ? adapterError['cause'] : undefined
  if (!isRecord(cause) || !isSqlState(cause['originalCode'])) return undefined
  const named = isRecord(cause['constraint']) ? textOf(cause['constraint']['index']) : undefined
  return { state: cause['originalCode'], constraint: named ?? quotedConstraint(cause['originalMessage']) }
}

/** Check constraints come without their name, except in the message. */
function quotedConstraint(message: unknown): string | undefined {
  return /constraint "([^"]+)"/.exec(textOf(message) ?? '')?.[1]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isSqlState = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9A-Z]{5}$/.test(value)

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
