/** What a relay's refusal means for a delivery: one pure function over reply code and enhanced code. */

/**
 * - `hard`: the address does not exist; suppress it now.
 * - `mailbox-disabled`: 5.2.1, or words to that effect; suppress it at the second within seven days.
 * - `soft`: may pass; retry with growing delay while the edition is today's.
 * - `ours`: our message, our sender or our protocol; alert, and suppress nobody.
 * - `policy`: the receiver does not want this much or this now; slow down that domain or relay. A 5yz of
 *   this kind is final for the delivery and says nothing against the address.
 */
export type Outcome = 'hard' | 'mailbox-disabled' | 'soft' | 'ours' | 'policy'

export type Refusal = {
  code: number
  enhanced: string | null
  reply: string
  /** Whether it answered MAIL: then it is about us, whatever it says. */
  ofSender?: boolean
}

const hard = new Set(['1.1', '1.2', '1.3', '1.6', '1.10', '4.4'])
const ours = new Set(['1.7', '1.8', '2.3', '3.4'])

/**
 * Enhanced codes (RFC 3463, 5248, 7372, 7505) decide where there is one, since large providers use the
 * plain codes loosely. A permanent fault is one by both codes: 4 at the head of either means "try again".
 * Nobody is suppressed for what was said of the sender.
 */
export function outcomeOf({ ofSender = false, ...refusal }: Refusal): Outcome {
  const outcome = outcomeOfReply(refusal)
  return ofSender && (outcome === 'hard' || outcome === 'mailbox-disabled') ? 'ours' : outcome
}

function outcomeOfReply({ code, enhanced, reply }: Omit<Refusal, 'ofSender'>): Outcome {
  const detail = enhanced?.slice(enhanced.indexOf('.') + 1) ?? null
  const subject = detail?.split('.')[0]
  if (code === 421 || subject === '7') return 'policy'
  if (code < 500 || enhanced?.startsWith('4.')) return isThrottle(reply) ? 'policy' : 'soft'
  if (detail === null || subject === '0') return outcomeOfPlainCode(code, reply)
  if (hard.has(detail)) return 'hard'
  if (detail === '2.1') return 'mailbox-disabled'
  if (ours.has(detail) || subject === '5' || subject === '6') return 'ours'
  // An address fault other than those above, such as 5.1.0 of a rejected sender, proves nothing.
  return subject === '1' ? outcomeOfPlainCode(code, reply) : 'soft'
}

/** The enhanced code at the head of a reply's text, such as `5.1.1`; null when it has none. */
export function enhancedCode(replyText: string): string | null {
  return /^[\s#(]*([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(replyText)?.[1] ?? null
}

const noSuchAddress =
  /user (?:is )?unknown|unknown (?:user|recipient|mailbox)|no such (?:user|recipient|mailbox|address|person)|(?:user|recipient|mailbox|account|address) (?:does not|doesn.t) exist|(?:mailbox|recipient|user|address) not found|(?:doesn.t|does not) have a[n]? \S* ?account|(?:invalid|not a valid) (?:recipient|mailbox)|no mailbox here/i
const disabled = /(?:mailbox|account|user) (?:is |has been )?(?:disabled|inactive|suspended)/i
const blocked =
  /block(?:ed| ?list)|black ?list|spam|reputation|rate.?limit|too many|throttl|policy|not accepted for policy|spamhaus|denied|prohibited|unsolicited|thread limit/i
const full = /quota|mailbox (?:is )?full|over ?limit|storage/i
const protocol =
  /syntax|not RFC|command|bad sequence|authentication|not implemented|message size|too (?:large|big)/i

function isThrottle(reply: string): boolean {
  return /rate.?limit|too many|throttl|temporarily deferred|unusual rate|greylist|reputation|\[TSS?\d\d\]/i.test(
    reply,
  )
}

/** Servers without enhanced codes: the words decide, and nobody is suppressed on doubt. */
function outcomeOfPlainCode(code: number, reply: string): Outcome {
  if (blocked.test(reply)) return 'policy'
  if (full.test(reply)) return 'soft'
  if (noSuchAddress.test(reply)) return 'hard'
  if (disabled.test(reply)) return 'mailbox-disabled'
  if ((code >= 500 && code <= 504) || code === 530 || code === 535 || code === 552) return 'ours'
  if (protocol.test(reply)) return 'ours'
  return code === 554 ? 'policy' : 'soft'
}
