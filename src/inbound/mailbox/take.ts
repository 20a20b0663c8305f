/** Takes one mail out of a mailbox: written down first, then judged, then moved away if it was placed. */
import type { Services } from '../../services.js'
import { addressesIn } from '../opening/addresses.js'
import { parseFields } from '../opening/fields.js'
import { isOwnAddress } from '../listening/own-address.js'
import { judgeWaiting } from '../taking/judge.js'
import type { Pace } from '../taking/pace.js'
import { type Incoming, stateOf, takeIn } from '../taking/take-in.js'

export type TakeServices = Pick<Services, 'db' | 'clock' | 'config' | 'secrets' | 'log'>

/** What a server keeps of a mail: its bytes, as far as they are read, and how many there are. */
export type Stored = { raw: Buffer; size: number; at: Date }

/**
 * - `done`: it may be moved away.
 * - `left`: nobody could place it, and somebody should look at it.
 * - `waiting`: it is written down, and another process judges it.
 */
export type Taken = 'done' | 'left' | 'waiting'

/** May be done again at any time: a mail is written down once. */
export async function takeStored(services: TakeServices, stored: Stored, pace: Pace): Promise<Taken> {
  const incoming = incomingOf(services, stored)
  await pace.run(() => services.db.transaction('request', (tx) => takeIn(tx, incoming)))
  await judgeWaiting(services, () => true, pace)
  const state = await stateOf(services.db, incoming)
  if (state === 'unplaced') return 'left'
  return state === 'judged' || state === 'ignored' ? 'done' : 'waiting'
}

const headRead = 64 * 1024

/** The envelope is gone: its recipient stands where the last server wrote it, or in To. Tokens are keyed. */
function incomingOf({ config }: TakeServices, { raw, size, at }: Stored): Incoming {
  const text = raw.subarray(0, headRead).toString('latin1')
  const end = text.search(/\r?\n\r?\n/)
  const header = parseFields(end < 0 ? text : text.slice(0, end))
  const named = ['delivered-to', 'x-original-to', 'envelope-to', 'to', 'cc'].flatMap((name) =>
    header.all(name).flatMap((value) => addressesIn(value.slice(0, 10_000))),
  )
  const own = config.returnAddress
  return {
    via: 'imap',
    raw,
    size,
    sentTo: [...new Set(named.filter((address) => own !== undefined && isOwnAddress(own, address)))].slice(
      0,
      100,
    ),
    nullSender: /^\s*<\s*>/.test(header.get('return-path') ?? ''),
    once: null,
    at,
  }
}
