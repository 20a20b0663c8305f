/** Recorded looks from folders of day files: the first look at a day is tried, the last one is the settled one. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addDays, type Day, isDay } from '../../clock.js'
import { messageOf, Problem } from '../../errors.js'
import { readHubEntry } from '../sources/hub-entry.js'
import type { FoundPaper } from '../paper.js'
import { readJson } from '../sources/read-json.js'
import type { Trial, TrialPaper } from './trial.js'

type Look = { day: Day; at: Date; papers: Map<string, FoundPaper> }

export type LooksRead = {
  trials: Trial[]
  /** Days that were looked at once only, which leaves nothing to foretell. */
  onceOnly: Day[]
  /** Files that are no list of papers. */
  unreadable: string[]
}

const dayFile = /^(\d{4}-\d{2}-\d{2})(?:__(\d{4}-\d{2}-\d{2})T(\d{2}):?(\d{2})Z)?\.json$/

/**
 * Files are named `DAY.json` or, with the time of the look, `DAY__2026-08-03T1706Z.json`; other names are passed
 * over.
 * @throws Problem `invalid` when a folder cannot be read.
 */
export async function readLooks(folders: readonly string[]): Promise<LooksRead> {
  const looks = new Map<Day, Look[]>()
  const unreadable: string[] = []
  for (const folder of folders) {
    for (const name of await filesOf(folder)) {
      const look = await readLook(folder, name)
      if (typeof look === 'string') unreadable.push(look)
      else if (look) looks.set(look.day, [...(looks.get(look.day) ?? []), look])
    }
  }
  const days = [...looks].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    trials: days.flatMap(([day, seen]) => trialOf(day, seen)),
    onceOnly: days.filter(([, seen]) => seen.length < 2).map(([day]) => day),
    unreadable,
  }
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted((a, b) => (a < b ? -1 : 1))
  } catch (error) {
    throw new Problem('invalid', `The folder ${folder} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

async function readLook(folder: string, name: string): Promise<Look | string | null> {
  const [, day, date, hour, minute] = dayFile.exec(name) ?? []
  if (!day || !isDay(day)) return null
  try {
    const entries = readJson(await readFile(join(folder, name), 'utf8'))
    if (!Array.isArray(entries)) return name
    // Without a time in its name a file counts as a look on the morning after.
    const at = new Date(date ? `${date}T${hour}:${minute}:00Z` : `${addDays(day, 1)}T06:00:00Z`)
    const papers = entries
      .map((entry: unknown) => readHubEntry(entry, day))
      .filter((paper) => typeof paper !== 'string')
    return { day, at, papers: new Map(papers.map((paper) => [paper.id, paper])) }
  } catch (error) {
    return `${name}: ${messageOf(error)}`
  }
}

function trialOf(day: Day, looks: readonly Look[]): Trial[] {
  if (looks.length < 2) return []
  const votesOf = (look: Look) =>
    [...look.papers.values()].reduce((sum, paper) => sum + (paper.votes ?? 0), 0)
  // Of two looks without a known time, the one with more votes is the later one.
  const [first, ...later] = looks.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || votesOf(a) - votesOf(b),
  )
  const last = later.at(-1)
  if (!first || !last) return []
  const papers = [...first.papers.values()].flatMap((paper): TrialPaper[] => {
    const settled = last.papers.get(paper.id)?.votes
    if (settled === undefined || settled === null || paper.votes === null) return []
    return [{ ...paper, votes: paper.votes, comments: paper.comments ?? 0, seenAt: first.at, settled }]
  })
  return [{ day, papers }]
}
