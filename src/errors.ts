/** Errors that a caller caused or can mend; anything else that is thrown is a fault of ours. */
import { oneLine } from './format/text/one-line.js'

export type ProblemCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'precondition-failed'
  | 'precondition-required'
  | 'unprocessable'
  | 'too-many-requests'
  | 'unavailable'

/** A refusal with a stable code; the edges turn it into problem+json (RFC 9457) or an exit status. */
export class Problem extends Error {
  readonly code: ProblemCode
  /** Seconds after which a retry may succeed. */
  readonly retryAfter: number | undefined
  constructor(code: ProblemCode, detail: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(detail, { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.retryAfter = options.retryAfter
  }
}

/** The environment is wrong: the message lists every fault, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The text of anything that was thrown, one line, for logs and tables. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
  return oneLine(text)
}
