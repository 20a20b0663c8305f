/** Decides what a period's edition is made of, or why there is none. */
import { addDays, type Day } from '../../clock.js'
import type { Config } from '../../config/config.js'
import type { Queries } from '../../db/client.js'
import { readCuration } from '../../papers/ranking/curation.js'
import { rank } from '../../papers/ranking/rank.js'
import type { CurationEntry, Ranking } from '../../papers/ranking/ranking.js'
import { counted } from '../../format/readable.js'
import { type Field, fieldOf, type Period } from './candidates.js'
import type { EditionKind } from '../edition.js'
import { daysOf } from './period.js'
import { sourceOn } from './source-state.js'

export type Choice =
  | { outcome: 'papers'; ranking: Ranking }
  | { outcome: 'failed' | 'empty' | 'thin'; reason: string }

export type ChooseNeeds = { config: Pick<Config, 'editionSize' | 'editionMin'> }

/** Reads only; the caller holds the lock that keeps another edition from choosing the same papers. */
export async function choose(
  db: Queries,
  { config }: ChooseNeeds,
  { kind, period, day }: Period,
): Promise<Choice> {
  const days = daysOf(kind, period) ?? [day]
  const source = await sourceOn(db, days)
  if (source.state === 'failed') return { outcome: 'failed', reason: source.reason }
  if (source.state === 'empty') return { outcome: 'empty', reason: emptyReason(kind, day) }
  const field = await fieldOf(db, { kind, period, day })
  const ranking = rank(field.candidates, {
    size: config.editionSize,
    at: rankedAt(day),
    had: field.had,
    meanings: field.meanings,
    // The look back watches each day for as long, so that by the week's end all votes are three days old.
    settled: kind === 'weekly',
    curation: await curationFor(db, kind, day, listsOf(field)),
  })
  if (ranking.chosen.length >= config.editionMin) return { outcome: 'papers', ranking }
  return { outcome: 'thin', reason: thinReason(kind, ranking.chosen.length, config.editionMin) }
}

/**
 * The morning after, whenever the edition is made: a source that was down until noon must not make papers older
 * than they are in the edition of their day.
 */
export function rankedAt(day: Day): Date {
  return new Date(`${addDays(day, 1)}T06:00:00Z`)
}

/** The days whose hides count: those of whole lists and those of late papers. */
function listsOf({ days, candidates }: Field): Day[] {
  return [...new Set([...days, ...candidates.flatMap(({ lateFor }) => lateFor ?? [])])]
}

/** Pins and returns are meant for the edition of their day; what was hidden on a day stays so. */
async function curationFor(db: Queries, kind: EditionKind, day: Day, lists: Day[]): Promise<CurationEntry[]> {
  const entries: CurationEntry[] = []
  for (const list of lists) {
    const words = await readCuration(db, list)
    entries.push(...words.filter(({ action }) => action === 'hide' || (kind === 'daily' && list === day)))
  }
  return entries
}

function emptyReason(kind: EditionKind, day: Day): string {
  if (kind === 'weekly') return 'no papers were listed in the whole week'
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday === 0 || weekday === 6
    ? 'no papers were listed: a weekend'
    : 'no papers were listed: a holiday'
}

function thinReason(kind: EditionKind, found: number, least: number): string {
  const short = `${counted(found, 'paper')} of at least ${least}`
  return kind === 'daily' ? `${short}; what there is waits for the next edition` : short
}
