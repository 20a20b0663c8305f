/** Recorded votes from a CSV: one line a paper, as seen on the day and as settled. */
import { parse } from 'csv-parse/sync'
import { type Day, isDay } from '../../clock.js'
import { Problem } from '../../errors.js'
import { instant } from '../text.js'
import type { Trial, TrialPaper } from './trial.js'

const needed = ['day', 'arxiv_id', 'seen_at', 'upvotes_then', 'upvotes_settled']

/**
 * Columns `day, arxiv_id, seen_at, upvotes_then, upvotes_settled` and, if known, `comments_then, authors,
 * published, listed_at, stars`.
 * @throws Problem `invalid` that names the missing column or the first bad line.
 */
export function readVotes(csv: string): Trial[] {
  const rows = parseRows(csv)
  const missing = needed.filter((column) => !(column in (rows[0] ?? {})))
  if (missing.length > 0) throw new Problem('invalid', `The file of votes lacks ${missing.join(', ')}.`)
  const days = new Map<Day, TrialPaper[]>()
  for (const [i, row] of rows.entries()) {
    const day = row['day'] ?? ''
    const paper = paperOf(row)
    if (!isDay(day) || !paper)
      throw new Problem('invalid', `Line ${i + 2} of the file of votes cannot be read.`)
    days.set(day, [...(days.get(day) ?? []), paper])
  }
  return [...days].map(([day, papers]) => ({ day, papers }))
}

function parseRows(csv: string): Record<string, string>[] {
  try {
    return parse(csv, {
      columns: true,
      bom: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
    })
  } catch (error) {
    throw new Problem('invalid', 'The file of votes is no CSV with a header row.', { cause: error })
  }
}

function paperOf(row: Record<string, string>): TrialPaper | null {
  const seenAt = instant(row['seen_at'])
  const votes = whole(row['upvotes_then'])
  const settled = whole(row['upvotes_settled'])
  if (!seenAt || votes === null || settled === null || !row['arxiv_id']) return null
  return {
    id: row['arxiv_id'],
    seenAt,
    votes,
    settled,
    comments: whole(row['comments_then']) ?? 0,
    authorCount: whole(row['authors']) ?? 0,
    stars: whole(row['stars']),
    publishedAt: instant(row['published']),
    listedAt: instant(row['listed_at']),
  }
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null
}
