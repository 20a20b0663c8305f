/** What a period's edition may choose from: its lists, what waits from thin days, what was listed late. */
import { addDays, type Day } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { day as dayType, days as daysType, int, text, texts } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { meaningsOf } from '../../papers/meaning/kept-vectors.js'
import type { Meanings } from '../../papers/meaning/meanings.js'
import type { Candidate } from '../../papers/paper.js'
import { candidatesFor } from '../../papers/reads.js'
import { type EditionKind, settledWithoutMail } from '../edition.js'
import { daysOf } from './period.js'
import { quoted } from '../../db/queries/quoted.js'

export type Period = { kind: EditionKind; period: string; day: Day }

export type Field = {
  candidates: Candidate[]
  /** The days whose whole lists are in it. */
  days: Day[]
  /** Ids that an earlier edition of the kind had. */
  had: Set<string>
  /** What the candidates mean, as far as a model has said. */
  meanings: Meanings
}

/** What waits for longer than this is not news any more, in days. */
const longestWait = 7

export async function fieldOf(db: Queries, { kind, period, day }: Period): Promise<Field> {
  const own = daysOf(kind, period) ?? [day]
  const daily = kind === 'daily'
  const days = daily ? [...(await thinDaysBefore(db, day)), ...own] : own
  const late = daily ? await lateListings(db, day, days) : []
  const candidates = await candidatesFor(db, day, { days, late })
  return {
    candidates,
    days,
    had: await hadBefore(db, kind, period),
    meanings: await meaningsOf(
      db,
      candidates.map(({ id }) => id),
    ),
  }
}

const thinDays = statement({
  text: `SELECT day::text AS day FROM edition e WHERE kind = 'daily' AND status = 'thin' AND day < $1::date
       AND day >= $2::date AND NOT EXISTS (
         SELECT FROM edition later WHERE later.kind = 'daily' AND later.day > e.day AND later.day < $1::date
           AND later.papers IS NOT NULL
       ) ORDER BY day`,
  parameters: [dayType, dayType],
  columns: { day: text },
})

/** The days before this one whose papers wait, back to the last edition that had any. */
async function thinDaysBefore(db: Queries, day: Day): Promise<Day[]> {
  const rows = await db.run(thinDays, [day, addDays(day, -longestWait)])
  return rows.map((row) => row.day)
}

const late = statement({
  text: `SELECT l.day::text AS day, l.paper_id AS "paperId"
     FROM listing l JOIN edition e ON e.kind = 'daily' AND e.day = l.day
     WHERE l.day < $1::date AND l.day >= $2::date AND l.day <> ALL($3::date[])
       AND (e.frozen_at IS NOT NULL OR e.status IN (${quoted(settledWithoutMail)}))
       AND (l.considered_by IS NULL
         OR l.considered_by = (SELECT id FROM edition WHERE kind = 'daily' AND day = $1::date))`,
  parameters: [dayType, dayType, daysType],
  columns: { day: text, paperId: text },
})

/**
 * Listings of days before that came when the edition of their day was made, unless another edition than this
 * one has considered them. A day that failed keeps its papers for its own edition.
 */
async function lateListings(
  db: Queries,
  day: Day,
  days: readonly Day[],
): Promise<{ day: Day; paperId: string }[]> {
  return db.run(late, [day, addDays(day, -longestWait), [...days]])
}

const had = statement({
  text: `SELECT ep.paper_id AS "paperId" FROM edition_paper ep JOIN edition e ON e.id = ep.edition_id
     WHERE ep.kind = $1 AND e.period <> $2`,
  parameters: [text, text],
  columns: { paperId: text },
})

async function hadBefore(db: Queries, kind: EditionKind, period: string): Promise<Set<string>> {
  const rows = await db.run(had, [kind, period])
  return new Set(rows.map((row) => row.paperId))
}

const consider = statement({
  text: `WITH mine AS (
       SELECT day, paper_id FROM listing WHERE considered_by = $1 OR (considered_by IS NULL
         AND paper_id = ANY($2::text[]) AND day BETWEEN $3::date AND $4::date)
       ORDER BY paper_id, day FOR UPDATE
     )
     UPDATE listing l SET considered_by = CASE WHEN l.paper_id = ANY($2::text[]) THEN $1::int END
     FROM mine WHERE l.day = mine.day AND l.paper_id = mine.paper_id`,
  parameters: [int, texts, dayType, dayType],
  columns: {},
})

/**
 * Marks the listings of these papers up to the edition's day as considered by it, and no others: none takes part
 * twice. Call it in the transaction that chooses.
 */
export async function setConsidered(
  db: Queries,
  edition: { id: number; day: Day },
  paperIds: readonly string[],
): Promise<void> {
  await db.run(consider, [edition.id, [...paperIds], addDays(edition.day, -longestWait), edition.day])
}

const missed = statement({
  text: `SELECT l.paper_id AS "paperId" FROM listing l JOIN edition e ON e.kind = 'daily' AND e.day = l.day
     WHERE l.day = $1::date AND e.frozen_at IS NOT NULL AND l.considered_by IS DISTINCT FROM e.id`,
  parameters: [dayType],
  columns: { paperId: text },
})

/** The papers of a day that came onto its list when its edition was frozen already. */
export async function missedBy(db: Queries, day: Day): Promise<Set<string>> {
  const rows = await db.run(missed, [day])
  return new Set(rows.map((row) => row.paperId))
}
