/** Log lines: JSON on stderr, levels by name, never an address or a token. */
import { pino } from 'pino'

/** Structured lines on stderr; never an address, a token or a secret in them. */
export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Log
}

/** JSON lines on stderr, so that stdout stays free for what a command prints. */
export function openLog(level: string): Log {
  const destination = pino.destination({ dest: 2, sync: true })
  // Nobody reads stderr any more: that ends no work.
  destination.on('error', () => {})
  return pino({ level, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

export const silentLog: Log = pino({ level: 'silent' })
