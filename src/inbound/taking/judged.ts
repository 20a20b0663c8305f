/** What waits to be judged, and what it turns out to be. */
import type { ColumnValue } from '../../db/queries/columns.js'
import type { Finding } from '../../deliveries/returns/finding.js'
import type { Services } from '../../services.js'
import type { Via } from './take-in.js'

export type JudgeServices = Pick<Services, 'db' | 'clock' | 'secrets' | 'log' | 'config'>

/** What waits, as it was written down. */
export type Waiting = {
  id: string
  via: Via
  eventId: string | null
  receivedAt: Date
  raw: Buffer
  sentTo: string[]
  nullSender: boolean
}

/** What something that came in turned out to be. */
export type Judged = {
  state: Exclude<ColumnValue<'inboundMail', 'state'>, 'waiting'>
  kind: ColumnValue<'inboundMail', 'kind'>
  wantsToLeave: boolean
  /** Whose reply it is, where it is one and they are known. */
  subscriberId?: number | null
  findings: Omit<Finding, 'mailId' | 'at'>[]
}
