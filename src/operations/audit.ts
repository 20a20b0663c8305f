/** The audit log: who changed what, before, after and why, chained so that a change to it shows. */
import { isDeepStrictEqual } from 'node:util'
import { storable } from '../format/text/storable.js'
import type { Clock } from '../clock.js'
import type { Queries, Tx } from '../db/client.js'
import { bigint, boolean, count, nullable, present, text, texts } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { maskAddresses } from '../format/mask-addresses.js'

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

/** All addresses left the service, by whichever way. */
export const subscribersExported: Change = { action: 'subscribers.exported', target: 'subscribers' }

export type AuditEntry = {
  id: string
  at: Date
  who: string
  /** What a key that is meant by `who` or `target` is called; null for others. */
  whoName: string | null
  targetName: string | null
  action: string
  target: string
  before: unknown
  after: unknown
  why: string | null
  requestId: string | null
}

/** What somebody typed as the reason of a change; addresses in it would outlive their erasure. */
export function reasonOf(typed: string | null): string | null {
  const reason = maskAddresses(typed?.trim() ?? '')
  return reason === '' ? null : reason
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
      before: masked(change.before),
      after: masked(change.after),
      why: author.why && maskAddresses(author.why),
      request_id: author.requestId,
      ...givenByTrigger,
    })
    .execute()
}

/** Whether this author has an entry of the same change since then. */
export async function wasWritten(
  db: Queries,
  { who }: Author,
  { action, target, after }: Change,
  since: Date,
): Promise<boolean> {
  const rows = await db.models.audit.findMany({
    select: { after: true },
    where: { who, action, target, at: { gte: since } },
  })
  return rows.some((row) => isDeepStrictEqual(row.after, after ?? null))
}

const givenByTrigger = { id: '0', previous: Buffer.alloc(0), hash: Buffer.alloc(0) }

const masked = (state: object | null | undefined): string | null =>
  state
    ? JSON.stringify(state, (_, value) =>
        typeof value === 'string' ? storable(maskAddresses(value)) : value,
      )
    : null

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
  const names = await keyNames(
    db,
    rows.flatMap(({ who, target }) => [who, target]),
  )
  return rows.map((row) => ({
    ...row,
    id: String(row.id),
    whoName: names.get(row.who) ?? null,
    targetName: names.get(row.target) ?? null,
  }))
}

/** What the keys among these authors and targets are called, by `key:1a2b3c4d`. */
export async function keyNames(db: Queries, mentioned: string[]): Promise<Map<string, string>> {
  const ids = mentioned.flatMap((one) => (one.startsWith('key:') ? [one.slice(4)] : []))
  if (ids.length === 0) return new Map()
  const keys = await db.models.apiKey.findMany({
    select: { id: true, name: true },
    where: { id: { in: [...new Set(ids)] } },
  })
  return new Map(keys.map(({ id, name }) => [`key:${id}`, name]))
}

export type AuditVerdict = {
  entries: number
  /** Entries that lost words when an address in them was erased; later entries say so. */
  redacted: string[]
  /** The first entry that was changed otherwise, or before which one is missing; null when the chain holds. */
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
    redacted: row?.redacted ?? [],
    brokenAt: row?.broken ?? null,
    head: row?.head ?? null,
    lacksKept: kept !== null && !row?.has,
  }
}

const checkChain = statement({
  text: `SELECT coalesce(array_agg(id::text ORDER BY id) FILTER (WHERE redacted), '{}') AS redacted,
            bool_or(encode(hash, 'hex') = $1) AS has, count(*) AS entries,
            min(id) FILTER (WHERE NOT holds) AS broken,
            (SELECT encode(hash, 'hex') FROM audit ORDER BY id DESC LIMIT 1) AS head
     FROM (
       SELECT a.id, a.hash, a.hash <> audit_hash(a) AS redacted, (a.hash = audit_hash(a) OR EXISTS (
           SELECT FROM audit r WHERE r.id > a.id AND r.action = 'audit.redacted'
             AND r.target = 'audit:' || a.id AND r.after->>'hash' = encode(audit_hash(a), 'hex')))
         AND a.previous = coalesce(lag(a.hash) OVER w, ''::bytea)
         AND a.id = coalesce(lag(a.id) OVER w, 0) + 1 AS holds
       FROM audit a WINDOW w AS (ORDER BY a.id)
     ) AS checked`,
  parameters: [nullable(text)],
  columns: {
    redacted: present(texts),
    has: nullable(boolean),
    entries: count,
    broken: nullable(bigint),
    head: nullable(text),
  },
})
