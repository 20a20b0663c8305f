/** Whether an error says that the database cannot work right now, rather than that we asked it for nonsense. */
import { databaseFault } from '../database-fault.js'

/** What is the matter; a class of SQLSTATE, or what the network said. */
export type Away = 'unreachable' | 'read-only' | 'full' | 'busy'

/** What everybody may hear of it. */
export const awayWords: Record<Away, string> = {
  unreachable: 'The database cannot be reached at the moment.',
  'read-only': 'The database takes no changes at the moment.',
  full: 'The database has no room left.',
  busy: 'The database takes too long at the moment.',
}

const states: [RegExp, Away][] = [
  // Class 25: a standby, or a database that was set to read only.
  [/^25006$/, 'read-only'],
  [/^53100$/, 'full'],
  // Class 53: out of memory or connections. 57014: cut off by its time-out. 55P03: a lock was not to be had in time.
  [/^53|^57014$|^55P03$/, 'busy'],
  // Class 08: the connection; 57: it shuts down or starts; 28: it refuses the login; 3D: it is not there; 58: its disk.
  [/^08|^57P|^28|^3D|^58/, 'unreachable'],
]

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
])

/** As pg and its pool say it, without a code. */
const lost =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|The server does not support SSL|Cannot use a pool after calling end|Query read timeout)/

/** Prisma's codes for a database that is not reached (P1001, P1002, P1017) or has no connection free (P2024). */
const prismaAway = /^P(?:1001|1002|1008|1017|2024)$/

/** Null for what is no fault of the database's place, such as a constraint that was violated. */
export function awayBy(thrown: unknown): Away | null {
  const state = databaseFault(thrown)?.state
  if (state !== undefined) return states.find(([pattern]) => pattern.test(state))?.[1] ?? null
  for (const error of causesOf(thrown)) {
    const { code, message, syscall } = error as NodeJS.ErrnoException
    // A file that is missing is ENOENT too.
    const ofSocket = code !== 'ENOENT' || syscall === 'connect'
    if (code !== undefined && networkCodes.has(code) && ofSocket) return 'unreachable'
    if (code !== undefined && prismaAway.test(code)) return code === 'P2024' ? 'busy' : 'unreachable'
    if (lost.test(message)) return 'unreachable'
  }
  return null
}

const deepest = 5

/** The error, what it is made of, and what it came from. */
function causesOf(thrown: unknown, depth = 0): Error[] {
  if (!(thrown instanceof Error) || depth > deepest) return []
  const parts = thrown instanceof AggregateError ? (thrown.errors as unknown[]) : []
  const meta = (thrown as { meta?: { driverAdapterError?: unknown } }).meta?.driverAdapterError
  return [thrown, ...[...parts, meta, thrown.cause].flatMap((part) => causesOf(part, depth + 1))]
}
