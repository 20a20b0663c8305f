/** What a report says of one reader, and what a verdict needs to know and leaves behind. */
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import type { ColumnValue } from '../../db/queries/columns.js'
import type { RowChange } from '../../db/queries/tables.js'

type VerdictClass = ColumnValue<'verdict', 'class'>
export type Effect = ColumnValue<'verdict', 'effect'>

/** The mail that a report is about. */
export type Placed = {
  /** Null for mail to an operator, or to a reader who is gone. */
  subscriberId: number | null
  editionId: number | null
  /** A row of the ledger, for mail that is no edition. */
  deliveryId: string | null
  /** Of the recipient. */
  domain: string
  /** Whether it went to the address that the reader has now: what is said of another one changes nothing. */
  current: boolean
}

export type Finding = Placed & {
  mailId: string | null
  /** A provider's id of the event: told again, it is known. */
  eventId: string | null
  at: Date
  kind: ColumnValue<'verdict', 'kind'>
  /** Null but for a bounce. */
  class: VerdictClass | null
  status: string | null
  code: number | null
  words: string
}

export type VerdictServices = { clock: Clock; secrets: Secrets }

export type Reader = { id: number; email: string; domain: string; status: Status; frequency: string }
export type Status = ColumnValue<'subscriber', 'status'>

/** What an effect leaves in the verdict's row. */
export type Change = RowChange<'verdict'> & { effect: Effect }
