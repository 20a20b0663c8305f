/** Asks arXiv about papers by their ids, never about one that it knows twice within a week. */
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { type Clock, daysBefore } from '../../../clock.js'
import type { Db } from '../../../db/client.js'
import { json, nullable, text, texts, timestamptz } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'
import { fetchText } from '../fetch-text.js'
import { type RetryOptions, sleepUntil, usualRetry, withRetry } from '../retry.js'
import { type ArxivEntry, arxivEntrySchema, readArxivFeed } from './feed.js'
import { bookTurn } from './turn.js'

export type ArxivServices = { db: Db; clock: Clock }

export type ArxivOptions = {
  /** `https://export.arxiv.org`, or a stand-in. */
  baseUrl: string
  /** Days for which an answer is good. */
  freshDays?: number
  /** For waits between tries and for our turn. */
  sleep?: (ms: number) => Promise<unknown>
  retry?: Partial<RetryOptions>
  /** Ends what is asked, and every wait. */
  stopped?: AbortSignal | undefined
}

/** Longer lists of ids make URLs that proxies refuse. */
const mostIds = 100

/** A paper that arXiv did not know may have been announced since. */
const unknownDays = 1

/**
 * @returns what arXiv knows, by id; ids that it does not know are absent.
 * @throws SourceError when it does not answer; what came before is kept.
 */
export async function lookUp(
  services: ArxivServices,
  ids: readonly string[],
  options: ArxivOptions,
): Promise<Map<string, ArxivEntry>> {
  const { db, clock } = services
  const wanted = [...new Set(ids)]
  const daysAgo = (days: number) => daysBefore(clock.now(), days)
  const freshDays = options.freshDays ?? 7
  const known = await readAnswers(db, wanted, daysAgo(freshDays), daysAgo(Math.min(freshDays, unknownDays)))
  const unknown = wanted.filter((id) => !known.has(id))
  for (let from = 0; from < unknown.length; from += mostIds) {
    const part = unknown.slice(from, from + mostIds)
    const entries = await ask(services, part, options)
    await keepAnswers(db, part, entries, clock.now())
    for (const id of part) known.set(id, entries.get(id) ?? null)
  }
  return new Map([...known].flatMap(([id, entry]) => (entry ? [[id, entry]] : [])))
}

async function ask(
  { db }: ArxivServices,
  ids: readonly string[],
  { baseUrl, stopped, sleep = sleepUntil(stopped), retry }: ArxivOptions,
): Promise<Map<string, ArxivEntry>> {
  const url = `${baseUrl}/api/query?id_list=${ids.map(encodeURIComponent).join(',')}&max_results=${ids.length}`
  const limits = { timeoutMs: 30_000, mostBytes: 10_000_000, accept: 'application/atom+xml', stopped }
  const entries = await withRetry(
    async () => {
      await sleep(await bookTurn(db, 'arxiv'))
      return readArxivFeed(await fetchText(url, limits))
    },
    { ...usualRetry, pauseMs: 3000, sleep, ...retry },
  )
  return new Map(entries.map((entry) => [entry.id, entry]))
}

const freshAnswers = statement({
  text: `SELECT id, entry FROM arxiv_answer
    WHERE id = ANY ($1) AND asked_at >= CASE WHEN entry IS NULL THEN $3::timestamptz ELSE $2 END`,
  parameters: [texts, timestamptz, timestamptz],
  columns: { id: text, entry: nullable(json(Type.Unknown())) },
})

/** An answer of another shape, which another version kept, counts as none. */
async function readAnswers(
  db: Db,
  ids: readonly string[],
  since: Date,
  unknownSince: Date,
): Promise<Map<string, ArxivEntry | null>> {
  const known = new Map<string, ArxivEntry | null>()
  for (const { id, entry } of await db.run(freshAnswers, [[...ids], since, unknownSince])) {
    if (entry === null || Check(arxivEntrySchema, entry)) known.set(id, entry)
  }
  return known
}

const keep = statement({
  text: `INSERT INTO arxiv_answer (id, entry, asked_at)
    SELECT id, nullif(entry, 'null'::jsonb), $2 FROM jsonb_to_recordset($1::jsonb) AS a (id text, entry jsonb)
    ORDER BY id ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, asked_at = excluded.asked_at`,
  parameters: [json(Type.Unknown()), timestamptz],
  columns: {},
})

async function keepAnswers(
  db: Db,
  ids: readonly string[],
  entries: ReadonlyMap<string, ArxivEntry>,
  at: Date,
): Promise<void> {
  const answers = ids.map((id) => ({ id, entry: entries.get(id) ?? null }))
  await db.run(keep, [answers, at])
}
