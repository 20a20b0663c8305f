/** Empties a mailbox over IMAP as mail comes in (IDLE, RFC 2177), and comes back to it whenever the connection is lost. */
import type { ImapFlow } from 'imapflow'
import { waitAfter } from '../../backoff.js'
import type { InboundMailbox } from '../../config/inbound.js'
import { messageOf } from '../../errors.js'
import { AccessTokens } from '../../network/access-token.js'
import { type Pace, unpaced } from '../taking/pace.js'
import { bytesRead } from '../opening/bounds.js'
import { folderFor, newMail, openClient } from './imap-client.js'
import { type TakeServices, takeStored } from './take.js'

export type MailboxWatch = {
  /** Ends what is being taken, and takes nothing more. */
  close(): Promise<void>
}

const firstPauseMs = 1_000
const longestPauseMs = 5 * 60_000

/** @param pauseMs - before the first new try; it doubles with each */
export function watchMailbox(
  services: TakeServices,
  where: InboundMailbox,
  pace: Pace = unpaced,
  pauseMs = firstPauseMs,
): MailboxWatch {
  const stop = new AbortController()
  const tokens = services.config.oauth ? new AccessTokens(services.config.oauth) : null
  const run = async () => {
    for (let failures = 1; !stop.signal.aborted; failures += 1) {
      const began = performance.now()
      try {
        await stay(services, where, pace, tokens, stop.signal)
      } catch (error) {
        services.log.warn({ fault: messageOf(error) }, 'the mailbox is not reached, it is tried again')
      }
      // Who could stay for a while starts anew with short pauses.
      if (performance.now() - began > longestPauseMs) failures = 1
      await until(stop.signal, waitAfter(failures, { firstMs: pauseMs, longestMs: longestPauseMs }))
    }
  }
  const running = run()
  return {
    close: async () => {
      stop.abort()
      await running
    },
  }
}

async function stay(
  services: TakeServices,
  where: InboundMailbox,
  pace: Pace,
  tokens: AccessTokens | null,
  stop: AbortSignal,
): Promise<void> {
  const client = await openClient(where, tokens)
  const ended = new AbortController()
  let fault: unknown = null
  client.on('error', (error: unknown) => (fault = error))
  client.on('close', () => ended.abort())
  const signal = AbortSignal.any([stop, ended.signal])
  try {
    await client.connect()
    const folder = await folderFor(client)
    const mailbox = await client.mailboxOpen(where.folder)
    const left = new Set<number>()
    while (!signal.aborted) {
      const woken = newMail(client, signal)
      await takeAll(services, pace, client, folder, left, signal)
      if (signal.aborted) break
      // Ends with the next command; a server without IDLE is asked again and again.
      void client.idle().catch(() => {})
      await woken
    }
    if (!stop.aborted) throw fault ?? new Error(`the connection to ${mailbox.path} was lost`)
  } finally {
    client.close()
  }
}

/** The oldest first. */
async function takeAll(
  services: TakeServices,
  pace: Pace,
  client: ImapFlow,
  folder: string,
  left: Set<number>,
  signal: AbortSignal,
): Promise<void> {
  const found = await client.search({ all: true }, { uid: true })
  for (const uid of (found || []).toSorted((a, b) => a - b)) {
    if (signal.aborted) return
    if (left.has(uid)) continue
    const mail = await client.fetchOne(
      String(uid),
      { uid: true, size: true, internalDate: true, source: { start: 0, maxLength: bytesRead } },
      { uid: true },
    )
    if (!mail || !mail.source) continue
    const at = services.clock.now()
    const stored = { raw: mail.source, size: mail.size ?? mail.source.length, at }
    const taken = await takeStored(services, stored, pace)
    if (taken === 'done') await client.messageMove(String(uid), folder, { uid: true })
    else if (taken === 'left') left.add(uid)
  }
}

function until(signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
