/** The one rule for what a refusal means, at SMTP time and in a bounce a day later. */
import { type AddressMeaning, ofTheAddress, surelyOfTheAddress } from './address-words.js'
import { byStatus } from './status.js'
import { before, faultsOfOthers, faultsOfTheWay, type Meaning } from './words.js'
import { oneLine } from '../../format/text/one-line.js'

/** Which command was answered; `null` when nobody says. */
export type Stage = 'connect' | 'mail' | 'rcpt' | 'data' | null

export type Said = {
  /** The reply code, such as 550; null when the words are not a relay's reply. */
  code: number | null
  /** The enhanced status, such as `5.1.1` (RFC 3463). */
  status: string | null
  words: string
  stage: Stage
}

/**
 * - `hard`: no such address, no such domain, moved, takes no mail.
 * - `soft`: full, away, too busy, expired, or nothing that can be known.
 * - `ours`: size, syntax, DNS, authentication: our message or our set-up.
 * - `policy`: blocked, spam, rate, filter.
 */
export type RefusalClass = 'hard' | 'soft' | 'ours' | 'policy'

const classes: Record<Meaning, RefusalClass> = {
  'no-mailbox': 'hard',
  'no-domain': 'hard',
  moved: 'hard',
  'takes-no-mail': 'hard',
  full: 'soft',
  disabled: 'soft',
  expired: 'soft',
  broken: 'soft',
  filtered: 'soft',
  unclear: 'soft',
  size: 'ours',
  syntax: 'ours',
  'name-server': 'ours',
  authentication: 'ours',
  sender: 'ours',
  loop: 'soft',
  relaying: 'policy',
  rate: 'policy',
  spam: 'policy',
  blocked: 'policy',
  denied: 'policy',
}

export const classOf = (meaning: Meaning): RefusalClass => classes[meaning]

/** Words beyond this are not looked at: no reply needs more. */
const wordsRead = 1_500

/**
 * Status, code and words are weighed together; of several texts the first that says anything decides. Words against
 * the address count where the address was named to a relay (RCPT), where the status speaks of the address too, or
 * where a mail program speaks of what it knows itself. What is said after DATA may be a filter's excuse, a bare 550
 * says nothing, and a domain that DNS does not know today may be back tomorrow.
 */
export function meaningOf({ words, ...said }: Said, ...more: string[]): Meaning {
  const told = byStatus(said.status)
  if (told === 'sender') return told
  for (const text of [words, ...more]) {
    const meaning = meaningIn(text, said)
    if (meaning) return meaning === 'filtered' && told === 'denied' ? told : meaning
  }
  if (said.stage === 'mail') return told && !isOfTheAddress(told) ? told : 'sender'
  if (told && classOf(told) === 'hard') return isTemporary(said) ? 'unclear' : told
  return told ?? byCode(said.code)
}

function meaningIn(text: string, said: Omit<Said, 'words'>): Meaning | null {
  const words = oneLine(
    text
      .slice(0, wordsRead)
      .replaceAll(/https?:\/\/([^\s/]+)\S*/gi, '$1')
      // Whoever is named: `spam@` and `full@` say nothing of what happened.
      .replaceAll(/[^\s<>()"':;,]{1,64}@[^\s<>()"':;,]{1,255}/g, 'x@x'),
  )
  const faults = said.stage === 'mail' || said.stage === 'connect'
  const address = faults ? null : addressMeaning(words, said)
  const first = find(before, words)
  if (first) return first
  if (address && agrees(address, said)) return address
  return find(faultsOfOthers, words) ?? address ?? find(faultsOfTheWay, words)
}

/** What the words say of the address, where they may be believed. */
function addressMeaning(words: string, { code, status, stage }: Omit<Said, 'words'>): AddressMeaning | null {
  const meaning = find(ofTheAddress, words)
  if (isTemporary({ code, status }) && meaning !== 'no-mailbox') return null
  if (surelyOfTheAddress.test(words) || isMicrosofts(words, status)) return 'no-mailbox'
  if (meaning === null || (code !== null && /unrouteable address/i.test(words))) return null
  const named = stage === 'rcpt' || code === null || status?.split('.')[1] === '1'
  const known = meaning === 'no-domain' || meaning === 'takes-no-mail'
  return named || known || (stage === null && namesIt(words, status)) ? meaning : null
}

/** Replies to RCPT by their form, of servers that say no more: Microsoft's, and `<reader@example.org>: User unknown`. */
const namesIt = (words: string, status: string | null) =>
  (status === '5.5.0' && /mailbox unavailable/i.test(words)) ||
  /<[^\s@<>]{1,64}@[^\s<>]{1,255}>: user unknown/i.test(words)

/** What Exchange Online writes of addresses that its directory does not have. */
const isMicrosofts = (words: string, status: string | null) =>
  status === '5.4.1' && /recipient address rejected: access denied/i.test(words)

const isOfTheAddress = (meaning: Meaning) => classOf(meaning) === 'hard' || meaning === 'disabled'

/** Status and words say the same. */
function agrees(meaning: AddressMeaning, { status }: Omit<Said, 'words'>): boolean {
  const told = byStatus(status)
  return told !== null && classOf(told) === 'hard' && classOf(meaning) === 'hard'
}

const isTemporary = ({ code, status }: { code: number | null; status: string | null }) =>
  status?.startsWith('4.') || (status === null && code !== null && code < 500)

const find = <M>(table: [M, RegExp][], words: string): M | null =>
  table.find(([, phrases]) => phrases.test(words))?.[0] ?? null

/** Without status or words the code tells little: nobody is to suffer for it. */
function byCode(code: number | null): Meaning {
  if (code === null) return 'unclear'
  if ((code >= 500 && code <= 504) || code === 530 || code === 535 || code === 552) return 'syntax'
  return code === 554 ? 'denied' : 'unclear'
}
