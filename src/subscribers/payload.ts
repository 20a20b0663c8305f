/** What the ledger keeps for composing a mail about a subscription; no address and no secret in clear. */
import type { SealedToken } from './tokens.js'

export type MailPayload =
  /** Somebody signed up with this address. A confirmation, or a notice when it is subscribed already. */
  | { about: 'signup'; token: SealedToken }
  /** A confirmed subscriber's first mail. */
  | { about: 'welcome' }
  /** To the new address: that mail is to come here from now on. */
  | { about: 'change'; token: SealedToken }
  /** To the old address: that mail goes elsewhere from now on. */
  | { about: 'moved' }
  /** A fresh link to the preferences, asked for with an expired one. */
  | { about: 'preferences' }
  /** What waits on the reading list: the newest titles, and how many there are. */
  | { about: 'saved'; titles: string[]; count: number }
