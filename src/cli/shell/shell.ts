/** What a command gets from outside: the environment, where it prints, the wish to stop, its exit status. */
import type { Output } from './output.js'

export type Shell = {
  env: NodeJS.ProcessEnv
  output: Output
  /** Aborted when the process is asked to stop; the reason is the signal's name. */
  stopped: AbortSignal
  /** 0 only when all that was asked is done. */
  status: number
}

/** Options that every command knows. */
export type Common = { json: boolean }

/** The command line itself is wrong: ends with status 2. */
export class UsageError extends Error {}

/** The process was asked to stop before the command was done. */
export class Interrupted extends Error {}
