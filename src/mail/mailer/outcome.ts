/** What a relay's refusal means for a delivery: the rule of `refusal/meaning.ts`, at the time of sending. */
import { classOf, meaningOf, type RefusalClass } from '../refusal/meaning.js'

/**
 * - `hard`: the address does not exist; suppress it now.
 * - `soft`: may pass; retry with growing delay while the edition is today's. One that ends so counts as a soft bounce.
 * - `ours`: our message, our sender or our protocol; alert, and suppress nobody.
 * - `policy`: the receiver does not want this much or this now; slow down that domain or relay. A 5yz of
 *   this kind is final for the delivery and says nothing against the address.
 */
export type Outcome = RefusalClass

export type Refusal = {
  code: number
  enhanced: string | null
  reply: string
  /** Whether it answered MAIL: then it is about us, whatever it says. */
  ofSender?: boolean
}

/** A permanent fault is one by both codes: 4 at the head of either means "try again", whatever the words say. */
export function outcomeOf({ code, enhanced, reply, ofSender = false }: Refusal): Outcome {
  const policy = code === 421 || enhanced?.split('.')[1] === '7'
  if (code < 500 || enhanced?.startsWith('4.')) return policy || isThrottle(reply) ? 'policy' : 'soft'
  return classOf(meaningOf({ code, status: enhanced, words: reply, stage: ofSender ? 'mail' : 'rcpt' }))
}

/** The enhanced code at the head of a reply's text, such as `5.1.1`; null when it has none. */
export function enhancedCode(replyText: string): string | null {
  return /^[\s#(]*([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(replyText)?.[1] ?? null
}

function isThrottle(reply: string): boolean {
  return /rate.?limit|too many|throttl|temporarily deferred|unusual rate|greylist|reputation|\[TSS?\d\d\]/i.test(
    reply,
  )
}
