/** Writes what a look found: papers, their listings and their snapshots. */
import type { Day } from '../clock.js'
import { Type } from 'typebox'
import type { Tx } from '../db/client.js'
import { boolean, day as dayType, json, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { firstWithin } from '../format/within.js'
import type { FoundPaper } from './paper.js'

/** One statement for any number of papers: jsonb keeps the lists of authors that unnest would flatten. */
const found = `jsonb_to_recordset($1::jsonb) AS f (
  id text, title text, abstract text, summary text, authors text[], "authorCount" int, organisation text,
  submitter text, keywords text[], "codeUrl" text, "projectUrl" text, "publishedAt" timestamptz,
  "listedAt" timestamptz, votes int, comments int, stars int,
  "authorTalks" boolean, "pictureUrls" text[], position int)`

const rows = json(Type.Array(Type.Unknown()))

/** A fact that this look lacks never erases one that an earlier look knew. */
const upsertPapers = statement({
  text: `
INSERT INTO paper AS p (id, title, abstract, summary, authors, author_count, organisation, submitter, keywords,
  code_url, project_url, published_at, votes, comments, stars, author_talks, created_at, updated_at)
SELECT id, title, abstract, summary, authors, "authorCount", organisation, submitter, keywords,
  "codeUrl", "projectUrl", "publishedAt", coalesce(votes, 0), coalesce(comments, 0), stars,
  "authorTalks", $2, $2
-- All writers take the rows in one order, so that two looks at once can't wait for each other in a circle.
FROM ${found} ORDER BY id
ON CONFLICT (id) DO UPDATE SET
  title = excluded.title,
  abstract = coalesce(nullif(excluded.abstract, ''), p.abstract),
  summary = coalesce(excluded.summary, p.summary),
  authors = CASE WHEN excluded.authors = '{}' THEN p.authors ELSE excluded.authors END,
  author_count = CASE WHEN excluded.author_count = 0 THEN p.author_count ELSE excluded.author_count END,
  organisation = coalesce(excluded.organisation, p.organisation),
  submitter = coalesce(p.submitter, excluded.submitter),
  keywords = CASE WHEN excluded.keywords = '{}' THEN p.keywords ELSE excluded.keywords END,
  code_url = coalesce(excluded.code_url, p.code_url),
  project_url = coalesce(excluded.project_url, p.project_url),
  published_at = coalesce(excluded.published_at, p.published_at),
  stars = coalesce(excluded.stars, p.stars),
  author_talks = p.author_talks OR excluded.author_talks,
  updated_at = excluded.updated_at
RETURNING (xmax = 0) AS added`,
  parameters: [rows, timestamptz],
  columns: { added: boolean },
})

/** Apart from the upsert, since a count that was not told must not become the zero of a new row. */
const updateCounts = statement({
  text: `
UPDATE paper p SET votes = coalesce(f.votes, p.votes), comments = coalesce(f.comments, p.comments)
FROM ${found} WHERE p.id = f.id AND (p.votes, p.comments) IS DISTINCT FROM
  (coalesce(f.votes, p.votes), coalesce(f.comments, p.comments))`,
  parameters: [rows],
  columns: {},
})

const upsertListings = statement({
  text: `
INSERT INTO listing AS l (day, paper_id, listed_at, submitter, position)
SELECT $2::date, id, "listedAt", submitter, position FROM ${found} ORDER BY id
ON CONFLICT (day, paper_id) DO UPDATE SET
  listed_at = coalesce(l.listed_at, excluded.listed_at),
  submitter = coalesce(l.submitter, excluded.submitter),
  position = excluded.position`,
  parameters: [rows, dayType],
  columns: {},
})

const insertSnapshots = statement({
  text: `
INSERT INTO snapshot (paper_id, seen_at, votes, comments, stars)
SELECT id, $2, votes, coalesce(comments, 0), stars FROM ${found} WHERE votes IS NOT NULL ORDER BY id
ON CONFLICT (paper_id, seen_at) DO NOTHING`,
  parameters: [rows, timestamptz],
  columns: {},
})

/** A look that offers other pictures has them fetched; one without any takes none away. */
const upsertOffers = statement({
  text: `
INSERT INTO picture_offer AS o (paper_id, urls, due_at)
SELECT id, "pictureUrls", $2 FROM ${found} WHERE "pictureUrls" <> '{}' ORDER BY id
ON CONFLICT (paper_id) DO UPDATE SET urls = excluded.urls, due_at = excluded.due_at, tries = 0, fault = NULL
  WHERE o.urls <> excluded.urls`,
  parameters: [rows, timestamptz],
  columns: {},
})

/** What a mistyped search may have meant; in one order, as above. */
const insertWords = statement({
  text: `
INSERT INTO search_word SELECT DISTINCT word FROM ${found}, search_words(title, authors, keywords) AS word
ORDER BY word ON CONFLICT DO NOTHING`,
  parameters: [rows],
  columns: {},
})

/** @returns how many of them were not known before. */
export async function storePapers(tx: Tx, papers: FoundPaper[], day: Day, at: Date): Promise<number> {
  if (papers.length === 0) return 0
  const found = papers.map((paper, position) => ({ ...fitting(paper), position }))
  const stored = await tx.run(upsertPapers, [found, at])
  await tx.run(updateCounts, [found])
  await tx.run(upsertListings, [found, day])
  await tx.run(insertSnapshots, [found, at])
  await tx.run(upsertOffers, [found, at])
  await tx.run(insertWords, [found])
  return stored.filter((row) => row.added).length
}

/** Bytes of names: the largest collaborations have three thousand authors. */
const mostNames = 60_000

/** Authors who are not named are counted. */
function fitting(paper: FoundPaper): FoundPaper {
  const { authors, authorCount } = paper
  return {
    ...paper,
    authors: firstWithin(mostNames, authors),
    authorCount: Math.max(authorCount, authors.length),
  }
}
