/** Readers of the days that commands are about. */
import { type Day, isDay } from '../../clock.js'
import { UsageError } from './shell.js'

/** For `coerce` of an option that names a day. */
export function readDay(text: string): Day {
  const exists: boolean = isDay(text)
  if (!exists) throw new UsageError(`${text} is not a day; write it as 2026-05-06`)
  return text
}
