/** A relay in its own process that is as unreliable as it is told to be, and counts what it took. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startRelay } from '../support/relay-stand-in.js'
import { randomFrom } from './random.js'

/** Shares of what goes wrong, from 0 to 1. */
export type Faults = {
  seed: number
  /** RCPT or the final dot is answered 4yz, three times for each mail at most. */
  deferred: number
  /** The message is taken, and the connection dropped instead of an answer. */
  droppedAfterDot: number
  /** No answer to MAIL. */
  hung: number
  /** The greeting is 421. */
  busy: number
  /** Milliseconds to think about each message. */
  delayMs: number
}

/** By Message-ID: how often it was acknowledged with 250, and how often taken without a word. */
export type Receipts = Record<string, { acknowledged: number; dropped: number }>

export type SinkReport = { receipts: Receipts; mostConnections: number; deferred: number }

export type FromSink = { kind: 'listening'; url: string } | { kind: 'report'; report: SinkReport }

const mostDeferrals = 3

/** Serves until its parent is gone; answers each message of the parent with a report. */
async function runSink(faults: Faults): Promise<void> {
  const random = randomFrom(faults.seed)
  const chance = (share: number) => random() < share
  const report: SinkReport = { receipts: {}, mostConnections: 0, deferred: 0 }

  const deferrals = new Map<string, number>()
  /** Each wait is three times the one before: a mail that chance defers five times would outlast a drill. */
  const defers = (to: string) => {
    const before = deferrals.get(to) ?? 0
    if (before >= mostDeferrals || !chance(faults.deferred / 2)) return false
    deferrals.set(to, before + 1)
    report.deferred += 1
    return true
  }
  const relay = await startRelay({
    greeting: () => (chance(faults.busy) ? '421 4.3.2 too busy' : '220 sink'),
    command: (line) => {
      if (/^MAIL/i.test(line) && chance(faults.hung)) return 'HANG'
      const [, recipient] = /^RCPT TO:<([^>]*)>/i.exec(line) ?? []
      if (recipient !== undefined && defers(recipient)) return '451 4.3.0 try again later'
      return undefined
    },
    body: async ({ to, message }) => {
      if (faults.delayMs > 0) await sleep(faults.delayMs * (0.5 + random()))
      if (defers(to)) return '452 4.3.1 try again later'
      const id = /^Message-ID: <(.*)>\r$/im.exec(message)?.[1] ?? 'none'
      const receipt = (report.receipts[id] ??= { acknowledged: 0, dropped: 0 })
      const dropped = chance(faults.droppedAfterDot)
      receipt[dropped ? 'dropped' : 'acknowledged'] += 1
      return dropped ? 'DROP' : '250 2.0.0 taken'
    },
  })
  const tell = (message: FromSink) => process.send?.(message)
  process.on('message', () => {
    report.mostConnections = relay.connections.most
    tell({ kind: 'report', report })
  })
  process.on('disconnect', () => process.exit(0))
  // What is kept for tests would grow with the drill.
  setInterval(() => {
    relay.received.length = 0
    relay.commands.length = 0
  }, 1_000)
  tell({ kind: 'listening', url: relay.url })
}

if (process.argv[1]?.endsWith('sink.ts')) await runSink(JSON.parse(process.argv[2] ?? '{}') as Faults)
