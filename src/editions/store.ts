/** Reads of editions. */
import type { Day } from '../clock.js'
import { Type } from 'typebox'
import type { Queries } from '../db/client.js'
import {
  bigint,
  boolean,
  day,
  int,
  json,
  nullable,
  oneOf,
  text,
  timestamptz,
} from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { compiledMail, type CompiledMail } from '../mail/message/compiled.js'
import {
  type EditionKind,
  editionKinds,
  type EditionStatus,
  editionStatuses,
  publicStatuses,
  type ShownPaper,
  shownPapers,
  shownStatus,
} from './edition.js'
import { quoted } from '../db/queries/quoted.js'

type Asked = Pick<Queries, 'run'>

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

const columns = `e.id, e.kind, e.period, e.day, e.number, ${shownStatus} AS status, e.reason, e.subject, e.preheader,
  e.papers, e.weights, e.send_at AS "sendAt", e.frozen_at AS "frozenAt", e.fanned_out_at AS "fannedOutAt",
  e.finished_at AS "finishedAt", e.created_at AS "createdAt", e.updated_at AS "updatedAt"`

/** Editions that readers may see. */
const published = `${shownStatus} IN (${quoted(publicStatuses)})`

const shape = {
  id: int,
  kind: oneOf(editionKinds),
  period: text,
  day,
  number: nullable(int),
  status: oneOf(editionStatuses),
  reason: nullable(text),
  subject: nullable(text),
  preheader: nullable(text),
  papers: nullable(shownPapers),
  weights: nullable(json(Type.Record(Type.String(), Type.Number()))),
  sendAt: nullable(timestamptz),
  frozenAt: nullable(timestamptz),
  fannedOutAt: nullable(timestamptz),
  finishedAt: nullable(timestamptz),
  createdAt: timestamptz,
  updatedAt: timestamptz,
}

const ofPeriod = statement({
  text: `SELECT ${columns} FROM edition e WHERE kind = $1 AND period = $2`,
  parameters: [oneOf(editionKinds), text],
  columns: shape,
})
const ofPeriodLocked = statement({ ...ofPeriod, text: `${ofPeriod.text} FOR UPDATE` })

const byId = statement({
  text: `SELECT ${columns} FROM edition e WHERE id = $1`,
  parameters: [int],
  columns: shape,
})
const byIdLocked = statement({ ...byId, text: `${byId.text} FOR UPDATE` })

/** The edition of a kind and period, whatever its status; null when nobody has begun it. */
export async function readEdition(db: Asked, kind: EditionKind, period: string): Promise<Edition | null> {
  return (await db.run(ofPeriod, [kind, period]))[0] ?? null
}

export async function readEditionById(db: Asked, id: number): Promise<Edition | null> {
  return (await db.run(byId, [id]))[0] ?? null
}

/** The edition of a kind and period, locked until the transaction ends. */
export async function lockEdition(db: Asked, kind: EditionKind, period: string): Promise<Edition | null> {
  return (await db.run(ofPeriodLocked, [kind, period]))[0] ?? null
}

/** The edition, locked until the transaction ends. */
export async function lockEditionById(db: Asked, id: number): Promise<Edition | null> {
  return (await db.run(byIdLocked, [id]))[0] ?? null
}

const compiledOf = statement({
  text: 'SELECT compiled FROM edition WHERE id = $1',
  parameters: [int],
  columns: { compiled: nullable(json(compiledMail)) },
})

/** The fragments of its mail; null when it has none. */
export async function readCompiled(db: Asked, editionId: number): Promise<CompiledMail | null> {
  return (await db.run(compiledOf, [editionId]))[0]?.compiled ?? null
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

const newestFirst = statement({
  text: `SELECT ${columns} FROM edition e
    WHERE ($1::text IS NULL OR e.kind = $1) AND ($2::text IS NULL OR ${shownStatus} = $2)
      AND (NOT $3::boolean OR ${published})
      AND ($4::date IS NULL OR (e.day, e.id) < ($4::date, $5::int))
    ORDER BY e.day DESC, e.id DESC LIMIT $6`,
  parameters: [
    nullable(oneOf(editionKinds)),
    nullable(oneOf(editionStatuses)),
    boolean,
    nullable(day),
    nullable(int),
    bigint,
  ],
  columns: shape,
})

/** Newest first. The cursor of the next page is the day and id of the last one. */
export function listEditions(db: Asked, filter: EditionFilter): Promise<Edition[]> {
  return db.run(newestFirst, [
    filter.kind ?? null,
    filter.status ?? null,
    filter.published ?? false,
    filter.after?.day ?? null,
    filter.after?.id ?? null,
    filter.limit,
  ])
}

/** The newest edition of that kind which readers may see. */
export async function latestEdition(db: Asked, kind: EditionKind): Promise<Edition | null> {
  const [edition] = await listEditions(db, { kind, published: true, limit: 1 })
  return edition ?? null
}
