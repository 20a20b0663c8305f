/** Why a mail is not to go to its reader any more, or not yet: what has changed since it was owed. */
import { columnValues } from '../../db/queries/columns.js'
import { day, nullable, oneOf, smallint, text } from '../../db/queries/sql-types.js'
import type { RowOf, Statement } from '../../db/queries/statement.js'
import type { DeliveryKind } from './delivery.js'
import { changedMind, movedTo } from './changed-wishes.js'

/** The edition that a mail is a copy of. */
export type EditionOwed = { kind: 'daily' | 'weekly'; sendAt: Date }

/** A reader as they are now, as columns of checked statements. */
export const readerColumns = {
  /** Null when they were erased, or when it is no reader's mail. */
  status: nullable(text),
  frequency: nullable(text),
  timezone: nullable(text),
  hour: nullable(smallint),
  pausedUntil: nullable(day),
  detail: nullable(oneOf(columnValues.subscriber.detail)),
  /** Why their address must not be mailed, if so. */
  suppressed: nullable(text),
} as const

export type ReaderNow = RowOf<Statement<[], typeof readerColumns>>

/** When the copy of a reader is due who moved their hour or days to what is still to come; null when it is due. */
export type FindMoved = (reader: ReaderNow) => Date | null

/** Readers who share their settings share the reckoning. */
export function openMoves({ kind, sendAt }: EditionOwed, now: Date, zone: string): FindMoved {
  const known = new Map<string, Date | null>()
  return (reader) => {
    if (reader.hour === null && reader.frequency !== 'weekdays') return null
    const key = `${reader.timezone ?? ''} ${reader.hour} ${reader.frequency ?? ''}`
    const found = known.get(key)
    if (found !== undefined) return found
    const moved = movedTo({ ...reader, editionKind: kind, sendAt }, now, zone)
    known.set(key, moved)
    return moved
  }
}

/**
 * Why the mail is left out: the word that stands in the ledger, or null when it may go. Confirmations go to
 * readers who are not active yet, notices to those who may be so no more, and alerts to operators, who asked for them.
 */
export function obstacleOf(
  mail: { kind: DeliveryKind; address: string; expiresAt: Date; payload?: unknown },
  reader: ReaderNow,
  now: Date,
  edition: EditionOwed | null,
  zone: string,
): string | null {
  const forReader = mail.kind !== 'alert' && mail.kind !== 'test'
  if (mail.address === '' || (forReader && reader.status === null)) return 'erased'
  const forActive = mail.kind === 'edition' || mail.kind === 'welcome' || isReminder(mail.payload)
  if (forActive && reader.status !== 'active') return reader.status
  if (reader.suppressed !== null && mail.kind !== 'alert') return `suppressed: ${reader.suppressed}`
  const changed =
    edition && changedMind({ ...reader, editionKind: edition.kind, sendAt: edition.sendAt }, now, zone)
  if (changed) return changed
  return mail.expiresAt <= now ? 'expired' : null
}

/** A notice that comes again and again, unlike others, is not for whoever has left. */
const isReminder = (payload: unknown): boolean =>
  typeof payload === 'object' && payload !== null && 'about' in payload && payload.about === 'saved'
