/** What came back, as the operator sees it and takes it back. */
import type { Clock } from '../clock.js'
import type { ColumnValue } from '../db/queries/columns.js'
import type { Queries, Tx } from '../db/client.js'
import { count, nullable, text, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import type { VerdictServices } from '../deliveries/returns/finding.js'
import { recordVerdict } from '../deliveries/returns/verdict.js'
import { undoVerdicts, type Which } from '../deliveries/returns/undo.js'
import { Problem } from '../errors.js'
import { decodeCursor, pageOf } from '../format/cursor.js'
import { type Author, writeAudit } from './audit.js'

export type VerdictRow = {
  id: string
  at: Date
  kind: ColumnValue<'verdict', 'kind'>
  class: ColumnValue<'verdict', 'class'> | null
  status: string | null
  code: number | null
  /** What decided; null once the reader was erased. */
  words: string | null
  domain: string
  subscriberId: number | null
  /** The reader's present address. */
  email: string | null
  /** Its period; null for other mail. */
  edition: string | null
  effect: ColumnValue<'verdict', 'effect'>
  undoneAt: Date | null
  undoneBy: string | null
}

export type VerdictFilter = {
  class?: ColumnValue<'verdict', 'class'> | undefined
  kind?: ColumnValue<'verdict', 'kind'> | undefined
  domain?: string | undefined
  subscriberId?: number | undefined
}

/** The newest first. */
export async function listVerdicts(
  db: Queries,
  { limit, cursor, ...filter }: VerdictFilter & { limit: number; cursor?: string | undefined },
): Promise<{ items: VerdictRow[]; next: string | null }> {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, 'bigint')[0]
  const { class: verdict, kind, domain, subscriberId } = filter
  const rows = await verdictsIn(db)
    .$if(before !== undefined, (verdicts) => verdicts.where('v.id', '<', before ?? ''))
    .$if(verdict !== undefined, (verdicts) => verdicts.where('v.class', '=', verdict ?? 'hard'))
    .$if(kind !== undefined, (verdicts) => verdicts.where('v.kind', '=', kind ?? 'bounce'))
    .$if(domain !== undefined, (verdicts) => verdicts.where('v.domain', '=', domain ?? ''))
    .$if(subscriberId !== undefined, (verdicts) => verdicts.where('s.id', '=', subscriberId ?? 0))
    .orderBy('v.id', 'desc')
    .limit(limit + 1)
    .execute()
  return pageOf(rows, limit, (row) => [row.id])
}

/** @throws Problem `not-found`. */
export async function readVerdict(db: Queries, id: string): Promise<VerdictRow> {
  const row = await verdictsIn(db).where('v.id', '=', id).executeTakeFirst()
  if (!row) throw new Problem('not-found', 'There is no such verdict; they are kept for 90 days.')
  return row
}

const verdictsIn = (db: Queries) =>
  db.tables
    .selectFrom('verdict as v')
    .leftJoin('subscriber as s', 's.id', 'v.subscriber_id')
    .leftJoin('edition as e', 'e.id', 'v.edition_id')
    .select(['v.id', 'v.at', 'v.kind', 'v.class', 'v.status', 'v.code', 'v.words', 'v.domain', 'v.effect'])
    .select(['s.id as subscriberId', 's.email', 'e.period as edition'])
    .select(['v.undone_at as undoneAt', 'v.undone_by as undoneBy'])

export type UnplacedRow = {
  id: string
  via: ColumnValue<'inboundMail', 'via'>
  receivedAt: Date
  size: number
  kind: ColumnValue<'inboundMail', 'kind'> | null
  wantsToLeave: boolean
  /** Of a reply: the reader whose mail it replies to, or who has the address that it comes from. */
  subscriberId: number | null
}

/** What names no mail of ours, or nobody understands: counted for nobody. The newest first. */
export function listUnplaced(db: Queries, limit: number): Promise<UnplacedRow[]> {
  return db.tables
    .selectFrom('inbound_mail')
    .select(['id', 'via', 'received_at as receivedAt', 'size', 'kind', 'wants_to_leave as wantsToLeave'])
    .select('subscriber_id as subscriberId')
    .where('state', '=', 'unplaced')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/**
 * Ends the subscription of who asked for it in a reply, which is then done with; undone like a mail to leave.
 * @throws Problem `not-found` for what is no such reply any more.
 */
export async function leaveByReply(
  tx: Tx,
  services: VerdictServices,
  id: string,
  author: Author,
): Promise<{ subscriberId: number }> {
  const at = services.clock.now()
  const mail = await tx.tables
    .updateTable('inbound_mail')
    .set({ state: 'judged', judged_at: at })
    .where('id', '=', id)
    .where('state', '=', 'unplaced')
    .where('wants_to_leave', '=', true)
    .where('subscriber_id', 'is not', null)
    .returning('subscriber_id as subscriberId')
    .executeTakeFirst()
  const reader = mail?.subscriberId
    ? await tx.tables
        .selectFrom('subscriber')
        .select(['id', 'domain'])
        .where('id', '=', mail.subscriberId)
        .executeTakeFirst()
    : undefined
  if (!reader) throw new Problem('not-found', 'No reply of a reader who asks to leave has that number.')
  const nothingSaid = { class: null, status: null, code: null, words: '' }
  const named = { subscriberId: reader.id, domain: reader.domain, editionId: null, deliveryId: null }
  const finding = {
    ...nothingSaid,
    ...named,
    current: true,
    mailId: id,
    eventId: null,
    at,
    kind: 'left',
  } as const
  await recordVerdict(tx, services, finding)
  await writeAudit(tx, services.clock, author, {
    action: 'subscriber.left-by-reply',
    target: `subscriber:${reader.id}`,
    after: { reply: id },
  })
  return { subscriberId: reader.id }
}

const sums = statement({
  text: `SELECT domain, kind, class, count(*) AS verdicts FROM verdict
     WHERE at > $1::timestamptz - interval '1 day' AND undone_at IS NULL
     GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 200`,
  parameters: [timestamptz],
  columns: { domain: text, kind: text, class: nullable(text), verdicts: count },
})

/** Of the last 24 hours, by domain and by what it was; the most first. */
export const sumVerdicts = (db: Queries, now: Date) => db.run(sums, [now])

/**
 * Takes verdicts back with what they did: one, or all of a domain, a class, a time.
 * @throws Problem `unprocessable` without a reason or without any bound, `not-found` for one that is not there.
 */
export async function undo(tx: Tx, clock: Clock, which: Which, author: Author): Promise<{ undone: number }> {
  if (!author.why) throw new Problem('unprocessable', 'Undoing a verdict needs a reason.')
  if (Object.values(which).every((bound) => bound === undefined))
    throw new Problem('unprocessable', 'Say which verdicts: one by its id, or a domain, a class or a time.')
  if (which.id !== undefined) await readVerdict(tx, which.id)
  const undone = await undoVerdicts(tx, clock, which, author.who)
  await writeAudit(tx, clock, author, {
    action: 'verdict.undone',
    target: which.id === undefined ? 'verdicts' : `verdict:${which.id}`,
    after: { ...which, undone },
  })
  return { undone }
}
