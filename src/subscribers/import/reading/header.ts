/** What the words of a header say: whether a column tells who left, who agreed, or something of that kind. */
import type { Status } from '../../subscriber.js'

/** `EMAIL_ADDRESS`, `Email Address` and `emailAddress` are all `email address`. */
export function wordsOf(header: string): string {
  return header
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

type Out = Exclude<Status, 'active' | 'pending'>

const leavingWords: [RegExp, Out][] = [
  [/\b(?:complain\w*|complaints?|spam)\b/, 'complained'],
  [/\b(?:bounced?|clean(?:ed)?|undeliverab\w+|invalid)\b/, 'bounced'],
  [
    /\b(?:unsub\w*|opt(?:ed)? ?out|deleted|removed|disabled|deactivated|block(?:ed|listed)|blacklisted|banned|suppressed|inactive|archived|unreachable)\b/,
    'unsubscribed',
  ],
]
const counts = /\b(?:counts?|total|number|rate|emails|score|\d+(?:mo|d))\b/
const addresses = /\b(?:url|link|token|hash|key|page)\b/

/** What somebody is for whom this column is filled, such as `deleted_at` or `email_disabled`; null for other columns. */
export function leavingOf(words: string): Out | null {
  if (counts.test(words) || addresses.test(words)) return null
  return leavingWords.find(([pattern]) => pattern.test(words))?.[1] ?? null
}

const consents: [RegExp, Status][] = [
  [/^(?:is )?(?:confirmed|verified|email verified|email confirmed)$/, 'pending'],
  [
    /^(?:is |email |emails )?(?:subscribed|active|enabled|opt(?:ed)? ?in|consent(?:ed)?)$|^subscribed to (?:emails|newsletter)$|^accepts (?:email )?marketing$/,
    'unsubscribed',
  ],
]

/** What somebody is for whom this column says no, such as `subscribed_to_emails`; null for other columns. */
export function consentOf(words: string): Status | null {
  return consents.find(([pattern]) => pattern.test(words))?.[1] ?? null
}

const doubtful = /\b(?:status|state|subscribed|subscription|consent|permission|opt ?in|active|enabled)\b/
const facts =
  /\b(?:date|time|at|on|ip|source|reason|campaign|last|since|by|id|type|tier|plan|interval|created|expires|url|link)\b/
const places = /\b(?:city|country|zip|postal|postcode|street|county|address 1|address line)\b/

/** Whether a column that nobody knows may tell who wants no mail. */
export function isDoubtful(words: string, all: readonly string[]): boolean {
  if (!doubtful.test(words) || facts.test(words) || counts.test(words)) return false
  return words !== 'state' || !all.some((other) => places.test(other))
}
