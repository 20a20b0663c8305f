/** Picks the relay's reply out of the words of a report: its code, its status, and the command it answered. */
import type { Stage } from '../../mail/refusal/meaning.js'

/** A reply code, not a number that happens to have three digits: with its class, and said as a reply. */
const replyCode = /(?:^|[\s:;"'([<#|])([245]\d\d)(?=[\s:;#,.<-])(?![.]\d)/
const enhanced = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)/g

export type FoundReply = { code: number | null; status: string | null; stage: Stage }

export function replyIn(words: string): FoundReply {
  const read = words.slice(0, 4_000)
  const statuses = read.match(enhanced) ?? []
  const code = replyCode.exec(read)?.[1]
  return {
    code: code === undefined ? null : Number(code),
    status: statuses.find((status) => !status.endsWith('.0')) ?? statuses[0] ?? null,
    stage: stageIn(read),
  }
}

const stages: [Stage, RegExp][] = [
  [
    'rcpt',
    /in reply to rcpt|after rcpt|rcpt to(?: command)? generated|>>> ?rcpt to|<<< ?rcpt to|our rcpt to|smtp:rcpt|does not like recipient|rcpt[ _]to response|\[rcpt_to\]|on rcpt|\(rcpt to\)|rcpt command/i,
  ],
  [
    'data',
    /in reply to (?:end of )?data|after (?:end of )?data|after data|final data|>>> ?data|end of data|\(data\)|failed after i sent the message|on data/i,
  ],
  [
    'mail',
    /in reply to mail from|after mail from|>>> ?mail from|our mail from|\(mail from\)|mail command|does not like (?:the )?sender/i,
  ],
  [
    'connect',
    /after initial connection|refused to talk to me|in reply to (?:ehlo|helo)|after (?:ehlo|helo)/i,
  ],
]

/** The first command that is named as the one that was answered. */
function stageIn(words: string): Stage {
  const named = stages
    .map(([stage, phrases]) => ({ stage, at: words.search(phrases) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
  return named[0]?.stage ?? null
}
