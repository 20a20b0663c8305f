/** Writes down what comes in, once, before it is acknowledged; judging it comes later and may be repeated. */
import { createHash } from 'node:crypto'
import type { Queries, Tx } from '../../db/client.js'
import type { ColumnValue } from '../../db/queries/columns.js'
import { bodyBytes } from '../providers/call.js'

export type Via = ColumnValue<'inboundMail', 'via'>

export type Incoming = {
  via: Via
  /** The mail, as much of it as is read, or the body of a call. */
  raw: Buffer
  /** Bytes that came, where `raw` was cut already. */
  size?: number
  /** The envelope's recipients; none for a call. */
  sentTo: string[]
  nullSender: boolean
  /** What a provider says may be told once: then it makes the call the same, whatever its body. */
  once: string | null
  at: Date
}

/** @returns `known` when the same came before. */
export async function takeIn(tx: Tx, incoming: Incoming): Promise<'taken' | 'known'> {
  const { via, raw, sentTo, nullSender, once, at } = incoming
  const row = await tx.tables
    .insertInto('inbound_mail')
    .values({
      fingerprint: fingerprintOf(incoming),
      via,
      event_id: once,
      received_at: at,
      raw: raw.subarray(0, bodyBytes),
      size: incoming.size ?? raw.length,
      sent_to: sentTo,
      null_sender: nullSender,
    })
    .onConflict((same) => same.column('fingerprint').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row ? 'taken' : 'known'
}

/** What became of a mail that was written down; null when it was not. */
export async function stateOf(tx: Queries, incoming: Incoming) {
  const row = await tx.tables
    .selectFrom('inbound_mail')
    .select('state')
    .where('fingerprint', '=', fingerprintOf(incoming))
    .executeTakeFirst()
  return row?.state ?? null
}

/** A mail is the same by whichever way it comes, and whatever servers on the way wrote at its top. */
function fingerprintOf({ via, raw, sentTo, once }: Incoming): Buffer {
  const hash = createHash('sha256')
  if (once !== null) return hash.update(`${via}\0${once}`).digest()
  const recipients = sentTo.map((address) => address.toLowerCase()).toSorted()
  return hash
    .update(`${recipients.join('\n')}\0`)
    .update(withoutTrace(raw))
    .digest()
}

const trace = /^(?:received|return-path|delivered-to|x-original-to|envelope-to|x-envelope-to)$/i
const headRead = 64 * 1024

/** From the first field that no server on the way adds. */
function withoutTrace(raw: Buffer): Buffer {
  const head = raw.subarray(0, headRead).toString('latin1')
  let at = 0
  for (const { 0: field, index } of head.matchAll(/^[^\s:]{1,100}:[^\n]*\n(?:[ \t][^\n]*\n)*/gm)) {
    if (index !== at || !trace.test(field.slice(0, field.indexOf(':')))) break
    at = index + field.length
  }
  return raw.subarray(at)
}
