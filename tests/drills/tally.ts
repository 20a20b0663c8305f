/** Compares the ledger with what the relay took, and says which promises were broken. */
import type { Db } from '../../src/db/client.js'
import { keyOfMail, keyOfMessage } from './message-key.js'
import type { SinkReport } from './sink.js'

/** What the drill did to the service. */
export type Ordeal = {
  deliveries: number
  /** Open at most, of each worker to the relay. */
  connections: number
  kills: number
  restarts: number
  /** How often two workers might have sent what one of them held: losses of a worker or of its database. */
  losses: number
  resumedSeconds: number
  seconds: number
}

export type DrillResult = {
  owed: number
  accepted: number
  /** Messages that the relay took, each counted once. */
  received: number
  /** Owed and not taken, or not in a final state. */
  lost: number
  /** Messages that came again because the relay had taken them and hung up without an answer. */
  doubledByRelay: number
  /** Further copies, which kills and restarts have to answer for; the Message-ID is the same. */
  doubled: number
  /** Twice the open connections for each loss of a worker. */
  mayDouble: number
  inDoubt: number
  deferred: number
  kills: number
  restarts: number
  connections: number
  /** The longest time until the rows of a lost worker were with another one. */
  resumedSeconds: number
  seconds: number
  /** What of the promise was broken; empty when all of it was kept. */
  broken: string[]
}

type LedgerRow = { id: string; status: string; doubted: boolean }

export async function tally(
  db: Db,
  edition: number,
  report: SinkReport,
  ordeal: Ordeal,
): Promise<DrillResult> {
  const found = await db.sql<LedgerRow & { subscriberId: number }>(
    `SELECT id, subscriber_id AS "subscriberId", status, EXISTS (SELECT FROM attempt a WHERE a.delivery_id = d.id AND a.outcome = 'in_doubt') AS doubted
     FROM mail_owed d WHERE edition_id = $1`,
    [edition],
  )
  const rows = found.map((row) => ({ ...row, id: keyOfMail(edition, row.subscriberId) }))
  const receipts = new Map(Object.entries(report.receipts).map(([id, one]) => [keyOfMessage(id), one]))
  const taken = (id: string) => receipts.get(id) ?? { acknowledged: 0, dropped: 0 }
  const known = new Set(rows.map(({ id }) => id))
  const strangers = [...receipts.keys()].filter((id) => !known.has(id)).length
  const missing = rows.filter(({ id, status }) => status !== 'accepted' || taken(id).acknowledged === 0)
  const { deliveries, losses, ...told } = ordeal
  const result = {
    owed: rows.length,
    accepted: rows.filter(({ status }) => status === 'accepted').length,
    received: rows.filter(({ id }) => taken(id).acknowledged + taken(id).dropped > 0).length,
    lost: missing.length + deliveries - rows.length,
    doubledByRelay: rows.filter(({ id }) => taken(id).dropped > 0).length,
    doubled: rows.reduce((sum, { id }) => sum + Math.max(0, taken(id).acknowledged - 1), 0),
    mayDouble: 2 * ordeal.connections * losses,
    inDoubt: rows.filter(({ doubted }) => doubted).length,
    deferred: report.deferred,
    ...told,
  }
  return { ...result, broken: brokenPromises(result, strangers) }
}

function brokenPromises(result: Omit<DrillResult, 'broken'>, strangers: number): string[] {
  const broken: string[] = []
  if (result.lost > 0) broken.push(`${result.lost} mails were lost or have no final state`)
  if (result.doubled > result.mayDouble) {
    broken.push(`${result.doubled} copies, where at most ${result.mayDouble} may be`)
  }
  if (strangers > 0) broken.push(`${strangers} messages have a Message-ID of no delivery`)
  if (result.resumedSeconds > 120)
    broken.push(`a worker's rows waited ${Math.round(result.resumedSeconds)} s`)
  return broken
}
