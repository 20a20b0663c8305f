/** Reads of kept papers, for editions and pages. */
import type { Day } from '../clock.js'
import { type Static, Type } from 'typebox'
import type { Queries } from '../db/client.js'
import {
  bigint,
  boolean,
  day as dayType,
  days as daysType,
  int,
  json,
  nullable,
  text,
  texts,
  timestamptz,
} from '../db/queries/sql-types.js'
import { type RowOf, type Statement, statement } from '../db/queries/statement.js'
import { type PaperHtml, paperHtmlSchema } from './html/paper-html.js'
import type { Candidate, Counts, Paper } from './paper.js'
import { type PaperPicture, paperPicture } from './pictures/picture.js'

/** A kept paper and the days on whose list it stood, in order. */
export type KeptPaper = Paper & {
  listedOn: Day[]
  withdrawn: boolean
  /** Null until its words are rendered. */
  html: PaperHtml | null
  picture: PaperPicture | null
}

const paperColumnTypes = {
  id: text,
  title: text,
  abstract: text,
  summary: nullable(text),
  authors: json(Type.Array(Type.String())),
  authorCount: int,
  organisation: nullable(text),
  keywords: texts,
  codeUrl: nullable(text),
  projectUrl: nullable(text),
  publishedAt: nullable(timestamptz),
  votes: int,
  comments: int,
  stars: nullable(int),
  authorTalks: boolean,
  withdrawn: boolean,
  html: nullable(json(paperHtmlSchema)),
  picture: nullable(json(paperPicture)),
  submitter: nullable(text),
  listedAt: nullable(timestamptz),
}

const listedOnType = { listedOn: nullable(texts) }

/** What {@link keptColumns} are. */
export const keptColumnTypes = { ...paperColumnTypes, ...listedOnType }

export type PaperRow = RowOf<Statement<readonly [], typeof keptColumnTypes>>

/**
 * Columns of `paper p`; the newest listing up to the day in $1 says who listed it and when. Names come as JSON, which
 * is read far faster than an array.
 */
const paperColumns = `
  p.id, p.title, p.abstract, p.summary, to_jsonb(coalesce(p.authors, '{}')) AS authors, greatest(p.author_count, coalesce(cardinality(p.authors), 0)) AS "authorCount",
  p.organisation, coalesce(p.keywords, '{}') AS keywords, p.code_url AS "codeUrl", p.project_url AS "projectUrl",
  p.published_at AS "publishedAt", p.votes, p.comments, p.stars, p.author_talks AS "authorTalks",
  p.withdrawn, p.html, p.picture`

/** The same with the days that it was listed on: what {@link paperOf} takes. */
export const keptColumns = `${paperColumns},
  coalesce(l.submitter, p.submitter) AS submitter, l.listed_at AS "listedAt",
  (SELECT array_agg(d.day::text ORDER BY d.day) FROM listing d WHERE d.paper_id = p.id) AS "listedOn"`

/** Most voted first; ties as the source lists them, which is all there is where a file tells no votes. */
const byVotes = `ORDER BY p.votes DESC, l.position NULLS LAST, p.comments DESC, p.id COLLATE "C"`

export function paperOf(row: PaperRow): KeptPaper {
  return { ...row, listedOn: row.listedOn ?? [] }
}

const ofDay = statement({
  text: `SELECT ${keptColumns} FROM listing l JOIN paper p ON p.id = l.paper_id
     WHERE l.day = $1::date ${byVotes} LIMIT $2`,
  parameters: [dayType, nullable(bigint)],
  columns: keptColumnTypes,
})

/** The papers that the list of a day had, most voted first; at most that many, or all. */
export async function papersOfDay(db: Queries, day: Day, limit: number | null = null): Promise<KeptPaper[]> {
  const rows = await db.run(ofDay, [day, limit])
  return rows.map(paperOf)
}

const byId = statement({
  text: `SELECT ${keptColumns} FROM paper p
     LEFT JOIN LATERAL (SELECT * FROM listing WHERE paper_id = p.id ORDER BY day DESC LIMIT 1) l ON true
     WHERE p.id = $1`,
  parameters: [text],
  columns: keptColumnTypes,
})

/** One paper by its id without version; null when it is not kept. */
export async function readPaper(db: Queries, id: string): Promise<KeptPaper | null> {
  const [row] = await db.run(byId, [id])
  return row ? paperOf(row) : null
}

/** What an edition may choose from. */
export type Lists = {
  /** Days whose whole lists count. */
  days: readonly Day[]
  /** Single listings of other days. */
  late?: readonly { day: Day; paperId: string }[]
}

const snapshotSchema = Type.Object({
  at: Type.String(),
  votes: Type.Integer(),
  comments: Type.Integer(),
  stars: Type.Union([Type.Integer(), Type.Null()]),
})

const candidates = statement({
  text: `SELECT ${paperColumns}, coalesce(l.submitter, p.submitter) AS submitter, l.listed_at AS "listedAt",
       l.late_for::text AS "lateFor",
       (SELECT array_agg(d.day::text ORDER BY d.day) FROM listing d
        WHERE d.paper_id = p.id AND d.day <= $1::date) AS "listedOn",
       (SELECT jsonb_agg(jsonb_build_object('at', s.seen_at, 'votes', s.votes, 'comments', s.comments,
          'stars', s.stars) ORDER BY s.seen_at) FROM snapshot s WHERE s.paper_id = p.id) AS snapshots
     FROM (
       SELECT DISTINCT ON (paper_id) * FROM (
         SELECT paper_id, day, listed_at, submitter, position, NULL::date AS late_for FROM listing
         WHERE day = ANY($2::date[])
         UNION ALL
         SELECT paper_id, day, listed_at, submitter, position, day FROM listing
         JOIN unnest($3::date[], $4::text[]) AS late(day, paper_id) USING (day, paper_id)
         UNION ALL
         SELECT paper_id, NULL, NULL, NULL, NULL, NULL FROM curation WHERE day = $1::date AND action = 'pin'
       ) wanted ORDER BY paper_id, day IS NULL, late_for NULLS FIRST, day
     ) l JOIN paper p ON p.id = l.paper_id ${byVotes}`,
  parameters: [dayType, daysType, daysType, texts],
  columns: {
    ...paperColumnTypes,
    lateFor: nullable(text),
    ...listedOnType,
    snapshots: nullable(json(Type.Array(snapshotSchema))),
  },
})

/**
 * The papers of these lists and those pinned to the day, with all that was seen of them up to now. One that
 * stood on several of the lists comes once.
 */
export async function candidatesFor(
  db: Queries,
  day: Day,
  { days, late = [] }: Lists = { days: [day] },
): Promise<Candidate[]> {
  const rows = await db.run(candidates, [
    day,
    [...days],
    late.map((one) => one.day),
    late.map((one) => one.paperId),
  ])
  return rows.map(({ snapshots, lateFor, ...row }) => ({
    ...paperOf(row),
    lateFor,
    snapshots: (snapshots ?? []).map(countsOf),
  }))
}

const snapshotsOfDay = statement({
  text: `SELECT s.paper_id AS id, s.seen_at AS at, s.votes, s.comments, s.stars
     FROM listing l JOIN snapshot s ON s.paper_id = l.paper_id
     WHERE l.day = $1::date AND $2 < s.seen_at ORDER BY s.paper_id, s.seen_at`,
  parameters: [dayType, timestamptz],
  columns: { id: text, at: timestamptz, votes: int, comments: int, stars: nullable(int) },
})

/** What was seen of the papers on the list of a day since then, in order, by their ids; papers without are absent. */
export async function countsSince(db: Queries, day: Day, since: Date): Promise<Map<string, Counts[]>> {
  const counts = new Map<string, Counts[]>()
  for (const { id, ...seen } of await db.run(snapshotsOfDay, [day, since])) {
    const known = counts.get(id)
    if (known) known.push(seen)
    else counts.set(id, [seen])
  }
  return counts
}

function countsOf(seen: Static<typeof snapshotSchema>): Counts {
  return { ...seen, at: new Date(seen.at) }
}

const neighbours = statement({
  text: `SELECT (SELECT max(day)::text FROM listing WHERE day < $1::date) AS previous,
            (SELECT min(day)::text FROM listing WHERE day > $1::date) AS next`,
  parameters: [dayType],
  columns: { previous: nullable(text), next: nullable(text) },
})

/** The nearest days before and after with papers on their list. */
export async function neighbourDays(
  db: Queries,
  day: Day,
): Promise<{ previous: Day | null; next: Day | null }> {
  const [row] = await db.run(neighbours, [day])
  return row ?? { previous: null, next: null }
}

const lastListed = statement({
  text: 'SELECT max(day)::text AS day FROM listing',
  parameters: [],
  columns: { day: nullable(text) },
})

/** The last day with papers on its list, null before the first look. */
export async function latestDay(db: Queries): Promise<Day | null> {
  const [row] = await db.run(lastListed, [])
  return row?.day ?? null
}
