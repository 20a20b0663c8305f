/** What a lane is given: which mail it sends, and how. */
import type { ClaimResult } from '../claim/claim.js'
import type { Claimed } from '../ledger/delivery.js'
import type { AfterRefusal, Settlement } from '../settle/settlement.js'
import type { Trying } from './try-sending.js'

/** Which mail a lane sends. */
export interface LaneMail {
  readonly name: string
  /** How many sends may run at once now. */
  slots(): number
  claim(limit: number): Promise<ClaimResult>
  /** Which of the rows that wait here may still be sent: their editions may have been paused. */
  stillWanted(waiting: Claimed[]): Promise<Set<string>>
}

/** How lanes send, and who hears of it. */
export interface LaneSender extends Trying {
  readonly afterRefusal: AfterRefusal
  onSettled(settled: Settlement[]): void
  readonly leaseMs: number
  /** Few rows in hand, so that few are in doubt when this process dies. */
  readonly cautious: boolean
}
