/** Fills what the list did not tell from arXiv, and learns which papers were replaced or withdrawn. */
import type { Day } from '../../../clock.js'
import { Type } from 'typebox'
import { boolean, json, timestamptz } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'
import { dayValue } from '../../../db/queries/tables.js'
import type { Log } from '../../../log.js'
import { isArxivId } from '../../arxiv-id.js'
import { SourceError } from '../../source.js'
import { type ArxivOptions, type ArxivServices, lookUp } from './client.js'
import type { ArxivEntry } from './feed.js'
import { noteAnswer } from './turn.js'

export type FillReport = {
  /** Papers of the day that arXiv was asked about, or had told of within the week. */
  asked: number
  /** Papers that got a fact they lacked. */
  filled: number
  withdrawn: string[]
  /** Why arXiv did not answer; null when it did. */
  fault: string | null
}

/**
 * Asks about all papers listed on a day. arXiv only fills gaps: the list's title and abstract stay. A fault is
 * reported and kept, and never in the way of an edition.
 */
export async function fillFromArxiv(
  services: ArxivServices & { log: Log },
  day: Day,
  options: ArxivOptions,
): Promise<FillReport> {
  const { db, clock, log } = services
  const rows = await db.tables
    .selectFrom('listing')
    .select('paper_id as id')
    .where('day', '=', dayValue(day))
    .orderBy('paper_id')
    .execute()
  const ids = rows.map((row) => row.id).filter(isArxivId)
  if (ids.length === 0) return { asked: 0, filled: 0, withdrawn: [], fault: null }
  try {
    const entries = [...(await lookUp(services, ids, options)).values()]
    const filled = await fill(services, entries)
    await noteAnswer(db, 'arxiv', clock.now(), null)
    const withdrawn = entries.filter((entry) => entry.withdrawn).map((entry) => entry.id)
    return { asked: ids.length, filled, withdrawn, fault: null }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const fault = `${error.fault}: ${error.message}`
    await noteAnswer(db, 'arxiv', clock.now(), fault)
    log.warn({ source: 'arxiv', day, fault }, 'the source failed')
    return { asked: ids.length, filled: 0, withdrawn: [], fault }
  }
}

const fillGaps = statement({
  text: `UPDATE paper p SET
       abstract = coalesce(nullif(p.abstract, ''), a.abstract),
       authors = coalesce(nullif(p.authors, '{}'), a.authors),
       published_at = coalesce(p.published_at, a."publishedAt"),
       code_url = coalesce(p.code_url, a."codeUrl"),
       keywords = coalesce(nullif(p.keywords, '{}'), a.categories),
       version = a.version, withdrawn = a.withdrawn, updated_at = $2
     FROM jsonb_to_recordset($1::jsonb) AS a (id text, abstract text, authors text[], "publishedAt" timestamptz,
       "codeUrl" text, categories text[], version int, withdrawn boolean), paper before
     WHERE p.id = a.id AND before.id = p.id AND ((p.abstract = '' AND a.abstract <> '')
       OR (coalesce(p.authors, '{}') = '{}' AND a.authors <> '{}') OR (coalesce(p.keywords, '{}') = '{}' AND a.categories <> '{}')
       OR (p.published_at IS NULL AND a."publishedAt" IS NOT NULL)
       OR (p.code_url IS NULL AND a."codeUrl" IS NOT NULL)
       OR p.version IS DISTINCT FROM a.version OR p.withdrawn <> a.withdrawn)
     RETURNING (before.abstract, before.authors, before.published_at, before.code_url, before.keywords)
       IS DISTINCT FROM (p.abstract, p.authors, p.published_at, p.code_url, p.keywords) AS filled`,
  parameters: [json(Type.Array(Type.Unknown())), timestamptz],
  columns: { filled: boolean },
})

/** One statement that touches only rows it changes. */
async function fill({ db, clock }: ArxivServices, entries: readonly ArxivEntry[]): Promise<number> {
  const rows = await db.run(fillGaps, [entries, clock.now()])
  return rows.filter((row) => row.filled).length
}
