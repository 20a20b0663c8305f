/** The audit log: who changed what, before, after and why, chained so that a change to it shows. */
import type { Clock } from '../clock.js'
import type { Db, Query } from '../db/client.js'

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
export async function writeAudit(query: Query, clock: Clock, author: Author, change: Change): Promise<void> {
  await query(
    `INSERT INTO audit (id, at, who, action, target, before, after, why, request_id, previous, hash)
     VALUES (0, $1, $2, $3, $4, $5, $6, $7, $8, '', '')`,
    [
      clock.now(),
      author.who,
      change.action,
      change.target,
      change.before ? JSON.stringify(change.before) : null,
      change.after ? JSON.stringify(change.after) : null,
      author.why,
      author.requestId,
    ],
  )
}

export type AuditFilter = {
  limit: number
  before?: string | null
  target?: string
  who?: string
  action?: string
}

/** The newest first, older than the entry `before`. */
export async function listAudit(db: Pick<Db, 'sql'>, filter: AuditFilter): Promise<AuditEntry[]> {
  return db.sql<AuditEntry>(
    `SELECT id, at, who, action, target, before, after, why, request_id AS "requestId" FROM audit
     WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR target = $2)
       AND ($3::text IS NULL OR who = $3) AND ($4::text IS NULL OR action = $4)
     ORDER BY id DESC LIMIT $5`,
    [filter.before ?? null, filter.target ?? null, filter.who ?? null, filter.action ?? null, filter.limit],
  )
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
export async function verifyAudit(db: Pick<Db, 'sql'>, kept: string | null = null): Promise<AuditVerdict> {
  const [row] = await db.sql<{ entries: string; broken: string | null; head: string | null; has: boolean }>(
    `SELECT bool_or(encode(hash, 'hex') = $1) AS has, count(*) AS entries, min(id) FILTER (WHERE NOT holds) AS broken,
            (SELECT encode(hash, 'hex') FROM audit ORDER BY id DESC LIMIT 1) AS head
     FROM (
       SELECT a.id, a.hash, a.hash = audit_hash(a)
         AND a.previous = coalesce(lag(a.hash) OVER w, ''::bytea)
         AND a.id = coalesce(lag(a.id) OVER w, 0) + 1 AS holds
       FROM audit a WINDOW w AS (ORDER BY a.id)
     ) AS checked`,
    [kept],
  )
  return {
    entries: Number(row?.entries ?? 0),
    brokenAt: row?.broken ?? null,
    head: row?.head ?? null,
    lacksKept: kept !== null && !row?.has,
  }
}
