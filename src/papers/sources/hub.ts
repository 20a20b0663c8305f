/** The Hugging Face Hub's daily list as a source. */
import { type Clock, type Day, utcDay } from '../../clock.js'
import { type FetchLimits, fetchText } from './fetch-text.js'
import { readEntries, readPage } from './hub-list.js'
import { type RetryOptions, sleepUntil, usualRetry, withRetry } from './retry.js'
import { type Source, SourceError } from '../source.js'

export type HubOptions = {
  /** Without a slash at the end; `PAPERS_API_URL`. */
  baseUrl: string
  clock: Clock
  retry?: Partial<RetryOptions>
  timeoutMs?: number
  mostBytes?: number
  /** Ends what is asked, and waits between tries. */
  stopped?: AbortSignal | undefined
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
    stopped: options.stopped,
  }
  const retry = { ...usualRetry, sleep: sleepUntil(options.stopped), ...options.retry }
  const page = (day: Day, number: number) =>
    withRetry(async () => {
      const query = `date=${day}&limit=${pageSize}${number > 0 ? `&p=${number}` : ''}`
      const text = await fetchText(`${options.baseUrl}/api/daily_papers?${query}`, limits)
      return readPage(text)
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
