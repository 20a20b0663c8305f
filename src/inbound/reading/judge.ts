/** Puts together what a report says of one recipient, and asks the rule what it means. */
import { classOf, meaningOf, type RefusalClass, type Stage } from '../../mail/refusal/meaning.js'
import type { StatusBlock } from './delivery-status.js'
import { replyIn } from './reply-in.js'
import { oneLine } from '../../format/text/one-line.js'

export type Recipient = {
  address: string
  /** Null where nothing bounced. */
  class: RefusalClass | null
  /** The enhanced status (RFC 3463). */
  status: string | null
  /** The reply code. */
  code: number | null
  /** What was said of this recipient, at most a thousand characters. */
  words: string
}

export type Evidence = {
  address: string
  block: StatusBlock | null
  /** What the text says of this recipient. */
  words: string
  /** The whole report, where it is about this recipient alone; else empty. */
  report: string
  /** What was answered, where it is known from elsewhere and the words do not tell. */
  stage?: Stage
}

const wordsKept = 1_000

/** A recipient whom nothing is held against. */
export function unjudged(address: string, words: string): Recipient {
  return { address, class: null, status: null, code: null, words: shorten(words) }
}

/**
 * What the server that refused said comes first, then what the text says of the recipient, then the report. A
 * status in the reply tells more than that of the report, which some programs make up.
 */
export function judge({ address, block, words, report, stage: known = null }: Evidence): Recipient {
  const sources = [block?.diagnostic ?? '', words, report].filter((source) => /\p{L}{2}|\d{3}/u.test(source))
  const found = sources.map(replyIn)
  const code = found.find((reply) => reply.code !== null)?.code ?? null
  const status = found.find((reply) => reply.status !== null)?.status ?? null
  const stage = found.find((reply) => reply.stage !== null)?.stage ?? known
  const said = {
    code,
    status: telling(status) ?? telling(block?.status) ?? status ?? block?.status ?? null,
    stage,
  }
  const [first = '', ...more] = sources
  const meaning = meaningOf({ ...said, words: first }, ...more)
  return {
    address,
    class: classOf(meaning),
    status: status ?? block?.status ?? null,
    code,
    words: shorten(sources[0] ?? ''),
  }
}

/** `5.0.0` and the like say nothing. */
const telling = (status: string | null | undefined) => (status && !/^\d\.0\./.test(status) ? status : null)

const shorten = (words: string) => oneLine(words).slice(0, wordsKept)
