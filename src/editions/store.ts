/** Reads of editions. */
import type { Day } from '../clock.js'
import type { Queries, Row } from '../db/client.js'
import type { CompiledMail } from '../mail/message/compiled.js'
import {
  type EditionKind,
  type EditionStatus,
  publicStatuses,
  type ShownPaper,
  shownStatus,
} from './edition.js'
import { quoted } from '../db/queries/quoted.js'

/** An edition without its compiled bytes. */
export type Edition = {
  id: number
  kind: EditionKind
  /** `2026-05-06`, or `2026-W19`. */
  period: string
  /** The last day it covers. */
  day: Day
  /** Null until it is frozen. */
  number: number | null
  status: EditionStatus
  reason: string | null
  subject: string | null
  preheader: string | null
  papers: ShownPaper[] | null
  weights: Record<string, number> | null
  sendAt: Date | null
  frozenAt: Date | null
  fannedOutAt: Date | null
  finishedAt: Date | null
  createdAt: Date
  updatedAt: Date
}

const columns = `e.id, e.kind, e.period, e.day::text AS day, e.number, ${shownStatus} AS status, e.reason, e.subject, e.preheader,
  e.papers, e.weights, e.send_at AS "sendAt", e.frozen_at AS "frozenAt", e.fanned_out_at AS "fannedOutAt",
  e.finished_at AS "finishedAt", e.created_at AS "createdAt", e.updated_at AS "updatedAt"`

/** Editions that readers may see. */
const published = `${shownStatus} IN (${quoted(publicStatuses)})`

type EditionRow = Row & Edition

/** The edition of a kind and period, whatever its status; null when nobody has begun it. */
export async function readEdition(db: Queries, kind: EditionKind, period: string): Promise<Edition | null> {
  const [row] = await db.sql<EditionRow>(`SELECT ${columns} FROM edition e WHERE kind = $1 AND period = $2`, [
    kind,
    period,
  ])
  return row ?? null
}

export async function readEditionById(db: Queries, id: number): Promise<Edition | null> {
  const [row] = await db.sql<EditionRow>(`SELECT ${columns} FROM edition e WHERE id = $1`, [id])
  return row ?? null
}

/** The edition of a kind and period, locked until the transaction ends. */
export async function lockEdition(db: Queries, kind: EditionKind, period: string): Promise<Edition | null> {
  const [row] = await db.sql<EditionRow>(
    `SELECT ${columns} FROM edition e WHERE kind = $1 AND period = $2 FOR UPDATE`,
    [kind, period],
  )
  return row ?? null
}

/** The edition, locked until the transaction ends. */
export async function lockEditionById(db: Queries, id: number): Promise<Edition | null> {
  const [row] = await db.sql<EditionRow>(`SELECT ${columns} FROM edition e WHERE id = $1 FOR UPDATE`, [id])
  return row ?? null
}

/** The fragments of its mail; null when it has none. */
export async function readCompiled(db: Queries, editionId: number): Promise<CompiledMail | null> {
  const [row] = await db.sql<{ compiled: CompiledMail | null }>(
    'SELECT compiled FROM edition WHERE id = $1',
    [editionId],
  )
  return row?.compiled ?? null
}

export type EditionFilter = {
  kind?: EditionKind
  /** Only what readers may see. */
  published?: boolean
  status?: EditionStatus
  /** `day` and `id` of the last one seen. */
  after?: { day: Day; id: number }
  limit: number
}

/** Newest first. The cursor of the next page is the day and id of the last one. */
export async function listEditions(db: Queries, filter: EditionFilter): Promise<Edition[]> {
  return db.sql<EditionRow>(
    `SELECT ${columns} FROM edition e
     WHERE ($1::text IS NULL OR e.kind = $1) AND ($2::text IS NULL OR ${shownStatus} = $2)
       AND (NOT $3::boolean OR ${published})
       AND ($4::date IS NULL OR (e.day, e.id) < ($4::date, $5::int))
     ORDER BY e.day DESC, e.id DESC LIMIT $6`,
    [
      filter.kind ?? null,
      filter.status ?? null,
      filter.published ?? false,
      filter.after?.day ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  )
}

/** The newest edition of that kind which readers may see. */
export async function latestEdition(db: Queries, kind: EditionKind): Promise<Edition | null> {
  const [edition] = await listEditions(db, { kind, published: true, limit: 1 })
  return edition ?? null
}
