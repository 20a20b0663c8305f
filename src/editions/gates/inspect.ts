/** Gathers the facts for the gates from the database, and judges them. */
import type { Queries } from '../../db/client.js'
import type { Fragments } from '../../mail/message/compiled.js'
import {
  boolean,
  day as dayType,
  days,
  int,
  nullable,
  oneOf,
  timestamptz,
} from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { editionKinds, type ShownPaper, shownPapers } from '../edition.js'
import { type Finding, type GateBounds, judge, usualBounds } from './gates.js'
import type { EditionServices } from '../edition-services.js'
import { daysOf } from '../choosing/period.js'
import { closingOf } from '../choosing/send-at.js'
import { type Edition, readCompiled } from '../store.js'
import { returnedOf } from './returns.js'

export type InspectOptions = {
  bounds?: Partial<GateBounds>
  /** What a checker of links found; the database does not know. */
  deadLinks?: string[]
}

/** @returns what stands against sending the edition; nothing when it may go. */
export async function inspectEdition(
  db: Queries,
  { config }: Pick<EditionServices, 'config'>,
  edition: Edition,
  { bounds = {}, deadLinks = [] }: InspectOptions = {},
): Promise<Finding[]> {
  const compiled = await readCompiled(db, edition.id)
  const before = await editionBefore(db, edition)
  return judge(
    {
      sourceSeenAt: await sourceSeenAt(db, edition),
      closedAt: closingOf(edition.day),
      papers: edition.papers ?? [],
      papersBefore: before?.papers ?? [],
      htmlBytes: compiled ? sizeOf(compiled.html) : 0,
      deadLinks,
      audience: await audienceOf(db, edition.kind),
      audienceBefore: before?.audience ?? null,
      returnedBefore: before ? await returnedOf(db, before.id) : [],
    },
    { ...usualBounds, editionMin: config.editionMin, ...bounds },
  )
}

function sizeOf({ head, cards, foot }: Fragments): number {
  return [head, ...cards, foot].reduce((sum, part) => sum + Buffer.byteLength(part), 0)
}

const lastLook = statement({
  text: `SELECT max(at) AS at FROM look WHERE day = ANY ($1::date[]) AND outcome <> 'failed'`,
  parameters: [days],
  columns: { at: nullable(timestamptz) },
})

/** An answer for the last day covered counts: it closes last. */
async function sourceSeenAt(db: Queries, { kind, period, day }: Edition): Promise<Date | null> {
  const [row] = await db.run(lastLook, [daysOf(kind, period) ?? [day]])
  return row?.at ?? null
}

const activeReaders = statement({
  text: `SELECT coalesce(sum(n), 0)::int AS readers FROM subscriber_sum
    WHERE kind = 'held' AND status = 'active' AND (frequency = 'weekly') = $1`,
  parameters: [boolean],
  columns: { readers: int },
})

async function audienceOf(db: Queries, kind: Edition['kind']): Promise<number> {
  const [row] = await db.run(activeReaders, [kind === 'weekly'])
  return row?.readers ?? 0
}

type Before = { id: number; papers: ShownPaper[] | null; audience: number }

const lastThatWentOut = statement({
  text: `SELECT e.id, e.papers, edition_owed(e.id) AS audience
    FROM edition e WHERE e.kind = $1 AND e.day < $2::date AND e.fanned_out_at IS NOT NULL
      AND e.status <> 'cancelled' ORDER BY e.day DESC LIMIT 1`,
  parameters: [oneOf(editionKinds), dayType],
  columns: { id: int, papers: nullable(shownPapers), audience: int },
})

/** The last edition of that kind that went out; cancelled ones tell nothing. */
async function editionBefore(db: Queries, { kind, day }: Edition): Promise<Before | null> {
  const [row] = await db.run(lastThatWentOut, [kind, day])
  return row ?? null
}
