/** The Hugging Face Hub's daily list as a source. */
import { type Clock, type Day, utcDay } from '../clock.js'
import { type FetchLimits, fetchText } from './fetch-text.js'
import { readHubEntry } from './hub-entry.js'
import type { FoundPaper } from './paper.js'
import { readJson } from './read-json.js'
import { type RetryOptions, usualRetry, withRetry } from './retry.js'
import { type DayList, type Source, SourceError } from './source.js'
import { cleanText } from './text.js'

export type HubOptions = {
  /** Without a slash at the end; `PAPERS_API_URL`. */
  baseUrl: string
  clock: Clock
  retry?: Partial<RetryOptions>
  timeoutMs?: number
  mostBytes?: number
}

const pageSize = 100
/** The Hub's own page size: a page of at least so many may have been cut, whatever limit was asked for. */
const defaultPageSize = 50
const mostPages = 20

export function hubSource(options: HubOptions): Source {
  const limits: FetchLimits = {
    timeoutMs: options.timeoutMs ?? 20_000,
    mostBytes: options.mostBytes ?? 20_000_000,
    accept: 'application/json',
  }
  const retry = { ...usualRetry, ...options.retry }
  const page = (day: Day, number: number) =>
    withRetry(async () => {
      const query = `date=${day}&limit=${pageSize}${number > 0 ? `&p=${number}` : ''}`
      const text = await fetchText(`${options.baseUrl}/api/daily_papers?${query}`, limits)
      return listOf(readJson(text))
    }, retry)
  return {
    name: 'hub',
    day: async (day) => {
      if (day > utcDay(options.clock.now())) throw new SourceError('not-yet', `${day} has not come yet`)
      return readEntries(await allPages((number) => page(day, number)), day)
    },
  }
}

async function allPages(page: (number: number) => Promise<unknown[]>): Promise<unknown[]> {
  const entries: unknown[] = []
  const seen = new Set<string>()
  for (let number = 0; number < mostPages; number += 1) {
    const found = await page(number)
    const fresh = found.filter((entry) => !seen.has(JSON.stringify(entry)))
    for (const entry of fresh) seen.add(JSON.stringify(entry))
    entries.push(...fresh)
    // A source that knows no pages gives the same one again.
    if (fresh.length === 0 || found.length < defaultPageSize) break
  }
  return entries
}

/** An error comes as an object, also with status 200; an empty day is an empty list. */
function listOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body
  const said =
    typeof body === 'object' && body !== null && 'error' in body ? cleanText(body.error, 200) : null
  throw new SourceError('not-a-list', said ? `an error instead of a list: ${said}` : 'no list of papers')
}

function readEntries(entries: unknown[], day: Day): DayList {
  const papers = new Map<string, FoundPaper>()
  const skipped: string[] = []
  for (const entry of entries) {
    const read = readHubEntry(entry, day)
    if (typeof read === 'string') skipped.push(read)
    // Between two pages a paper may move and be met twice; its first place is the better one.
    else if (!papers.has(read.id)) papers.set(read.id, read)
  }
  if (papers.size === 0 && entries.length > 0) {
    throw new SourceError('not-a-list', `none of ${entries.length} entries is a paper: ${skipped[0] ?? ''}`)
  }
  return { papers: [...papers.values()], skipped }
}
