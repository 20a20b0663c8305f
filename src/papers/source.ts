/** What every source of papers looks like, and how one fails. */
import type { Day } from '../clock.js'
import type { FoundPaper } from './paper.js'

/** The papers a source lists for a day, in its order; none on an empty day. */
export type DayList = {
  papers: FoundPaper[]
  /** A few words for each entry that could not be read and was left out. */
  skipped: string[]
}

export type Source = {
  /** A short name that looks are kept under. */
  name: string
  /** @throws SourceError when the source did not answer, or not with a list; never an empty list instead. */
  day(day: Day): Promise<DayList>
}

export type SourceFault =
  | 'unreachable'
  | 'timed-out'
  | 'too-many-requests'
  | 'refused'
  | 'broken'
  | 'too-large'
  | 'not-a-list'
  | 'not-yet'

/** A source failed: that is not an empty day. The message is one line fit for operators. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly fault: SourceFault
  /** Seconds that the source asked us to wait. */
  readonly retryAfter: number | undefined
  constructor(
    fault: SourceFault,
    message: string,
    options: { retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.fault = fault
    this.retryAfter = options.retryAfter
  }

  /** True where the same request may succeed a little later. */
  get passing(): boolean {
    return this.fault !== 'refused' && this.fault !== 'not-yet' && this.fault !== 'too-large'
  }
}
