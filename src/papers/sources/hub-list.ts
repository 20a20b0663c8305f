/** Reads the Hub's answer: a list of entries, of which those that are papers are kept. */
import type { Day } from '../../clock.js'
import { readHubEntry } from './hub-entry.js'
import type { FoundPaper } from '../paper.js'
import { readJson } from './read-json.js'
import { type DayList, SourceError } from '../source.js'
import { cleanText } from '../text.js'

/**
 * The entries of one page. An error comes as an object, also with status 200; an empty day is an empty list.
 * @throws SourceError for anything that is no list.
 */
export function readPage(text: string): unknown[] {
  const body = readJson(text)
  if (Array.isArray(body)) return body
  const said =
    typeof body === 'object' && body !== null && 'error' in body ? cleanText(body.error, 200) : null
  throw new SourceError('not-a-list', said ? `an error instead of a list: ${said}` : 'no list of papers')
}

/** @throws SourceError when there are entries and none of them is a paper. */
export function readEntries(entries: unknown[], day: Day): DayList {
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
