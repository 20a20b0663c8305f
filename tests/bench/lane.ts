/** What a lane of the benchmark is: something that is measured, and the figures it gives. */
import type { Db } from '../../src/db/client.js'

export type Row = {
  lane: string
  value: number
  unit: string
  /** What it is measured against, in the same run. */
  peer?: string
  ratio?: number
  /** `>= 5` or `<= 1.3`, as the ratio should be; or as the value, when there is no peer. */
  target?: string
}

export type Context = {
  /** A fraction of the work, for a look at whether all still runs. */
  quick: boolean
  /** How many readers were asked for, where a lane can be larger or smaller. */
  readers?: number | undefined
  /** A migrated, empty database, durable as in earnest. */
  db: Db
  databaseUrl: string
  /** A folder of the run's own. */
  folder: string
  /** Says what is under way, on stderr. */
  tell: (line: string) => void
}

/** Each lane clears away what it made. */
export type Lane = {
  name: string
  /** Takes so long that it runs only when it is named. */
  byNameOnly?: true
  run(context: Context): Promise<Row[]>
}

/** Whether a row reaches its target; null when it has none. */
export function reaches({ ratio, value, target }: Row): boolean | null {
  const match = /^(>=|<=) ([\d.]+)$/.exec(target ?? '')
  if (!match) return null
  const measured = ratio ?? value
  return match[1] === '>=' ? measured >= Number(match[2]) : measured <= Number(match[2])
}
