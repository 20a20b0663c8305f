/** The audit log: who changed what, before, after and why, chained so that a change to it shows. */
import type { Clock } from '../clock.js'
import type { Queries, Tx } from '../db/client.js'
import { bigint, boolean, count, nullable, text } from '../db/sql-types.js'
import { statement } from '../db/statement.js'

/** On whose behalf something is changed; goes into the audit log with the change. */
export type Author = {
  /** `key:1a2b3c4d`, `cli`, `system`. */
  who: string
  why: string | null
  requestId: string | null
}

export type Change = {
  /** A verb in the past, such as `subscriber.suppressed`. */
  action: string
  /** What it was done to, such as `subscriber:17`; never an address: this log cannot be erased. */
  target: string
  before?: object | null
  after?: object | null
}

export type AuditEntry = {
  id: string
  at: Date
  who: string
  action: string
  target: string
  before: unknown
  after: unknown
  why: string | null
  requestId: string | null
}

/** Adds a row within the caller's transaction, so that a change and its row stand or fall together. */
export async function writeAudit(tx: Tx, clock: Clock, author: Author, change: Change): Promise<void> {
  await tx.tables
    .insertInto('audit')
    .values({
      at: clock.now(),
      who: author.who,
      action: change.action,
      target: change.target,
      before: change.before ? JSON.stringify(change.before) : null,
      after: change.after ? JSON.stringify(change.after) : null,
      why: author.why,
      request_id: author.requestId,
      ...givenByTrigger,
    })
    .execute()
}

const givenByTrigger = { id: '0', previous: Buffer.alloc(0), hash: Buffer.alloc(0) }

export type AuditFilter = {
  limit: number
  before?: string | null
  target?: string
  who?: string
  action?: string
}

/** The newest first, older than the entry `before`. */
export async function listAudit(db: Queries, filter: AuditFilter): Promise<AuditEntry[]> {
  const { limit, before, ...equal } = filter
  const rows = await db.models.audit.findMany({
    select: {
      id: true,
      at: true,
      who: true,
      action: true,
      target: true,
      before: true,
      after: true,
      why: true,
      requestId: true,
    },
    where: { ...equal, ...(before != null && { id: { lt: BigInt(before) } }) },
    orderBy: { id: 'desc' },
    take: limit,
  })
  return rows.map((row) => ({ ...row, id: String(row.id) }))
}

export type AuditVerdict = {
  entries: number
  /** The first entry that was changed, or before which one is missing; null when the chain holds. */
  brokenAt: string | null
  /** Hash of the last entry, hex: kept elsewhere, it shows a log that was cut short or written anew. */
  head: string | null
  /** Whether the head that was kept elsewhere is no entry of this log: it was put back, or written anew. */
  lacksKept: boolean
}

/**
 * Recomputes every hash. Reads the whole log once, in the database.
 * @param kept - a head that was kept elsewhere, hex: whether the log still has it is said too.
 */
export async function verifyAudit(db: Queries, kept: string | null = null): Promise<AuditVerdict> {
  const [row] = await db.run(checkChain, [kept])
  return {
    entries: row?.entries ?? 0,
    brokenAt: row?.broken ?? null,
    head: row?.head ?? null,
    lacksKept: kept !== null && !row?.has,
  }
}

const checkChain = statement({
  text: `SELECT bool_or(encode(hash, 'hex') = $1) AS has, count(*) AS entries,
            min(id) FILTER (WHERE NOT holds) AS broken,
            (SELECT encode(hash, 'hex') FROM audit ORDER BY id DESC LIMIT 1) AS head
     FROM (
       SELECT a.id, a.hash, a.hash = audit_hash(a)
         AND a.previous = coalesce(lag(a.hash) OVER w, ''::bytea)
         AND a.id = coalesce(lag(a.id) OVER w, 0) + 1 AS holds
       FROM audit a WINDOW w AS (ORDER BY a.id)
     ) AS checked`,
  parameters: [nullable(text)],
  columns: { has: nullable(boolean), entries: count, broken: nullable(bigint), head: nullable(text) },
})
