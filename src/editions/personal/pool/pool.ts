/** What a period's personal editions are chosen from: its lists and the week before, without what nobody may see. */
import { addDays, type Day } from '../../../clock.js'
import type { Queries } from '../../../db/client.js'
import { meaningsOf } from '../../../papers/meaning/kept-vectors.js'
import type { Meanings } from '../../../papers/meaning/meanings.js'
import type { Candidate } from '../../../papers/paper.js'
import type { PoolPaper } from '../../../papers/personal/choosing/pool.js'
import { readCuration } from '../../../papers/ranking/curation.js'
import { likeness } from '../../../papers/ranking/likeness.js'
import { scoreOf } from '../../../papers/ranking/score.js'
import { candidatesFor } from '../../../papers/reads.js'
import { foldedKey } from '../../../format/text/folded-key.js'
import { rankedAt } from '../../choosing/choose.js'
import { shownOf } from '../../compiling/edition-paper.js'
import type { ShownPaper } from '../../edition.js'
import type { Edition } from '../../store.js'
import { mostInPool } from './orders.js'

/** A paper first listed before is not news any more; what is older was in reach of every edition since. */
export const poolDays = 7

/** A paper of the pool: what its card shows, and what readers' wishes are held against. */
export type PoolEntry = PoolPaper & {
  shown: ShownPaper
  /** Ids of near-duplicates that it stands for: who had one of them had this. */
  alike?: string[]
}

/** The edition's own papers and, by score, as many others as a byte can tell apart. */
export async function poolFor(db: Queries, edition: Edition, pictures: boolean): Promise<PoolEntry[]> {
  const first = addDays(edition.day, 1 - poolDays)
  const days = Array.from({ length: poolDays }, (_, i) => addDays(first, i))
  const common = new Map((edition.papers ?? []).map((paper) => [paper.id, paper]))
  const hidden = await hiddenOn(db, days)
  const candidates = await candidatesFor(db, edition.day, { days })
  const entries = candidates
    .filter(({ id, withdrawn, listedOn: [listed] }) => {
      if (common.has(id)) return true
      return !withdrawn && !hidden.has(id) && listed !== undefined && listed >= first
    })
    .map((paper) => entryOf(edition, paper, common.get(paper.id), pictures))
    .sort(
      (a, b) =>
        Number(common.has(b.id)) - Number(common.has(a.id)) || b.score - a.score || (a.id < b.id ? -1 : 1),
    )
  const meanings = await meaningsOf(
    db,
    entries.map(({ id }) => id),
  )
  return withoutDoubles(entries, (id) => common.has(id), meanings)
}

/** Of near-duplicates the first alone, as in the common edition, whose own papers stay whatever they are. */
function withoutDoubles(
  entries: PoolEntry[],
  stays: (id: string) => boolean,
  meanings: Meanings,
): PoolEntry[] {
  const isAlike = likeness(meanings)
  const kept: PoolEntry[] = []
  for (const entry of entries) {
    const double = stays(entry.id) ? undefined : kept.find((better) => isAlike(entry, better))
    if (double) double.alike = [...(double.alike ?? []), entry.id]
    else if (kept.length < mostInPool) kept.push({ ...entry })
  }
  return kept
}

async function hiddenOn(db: Queries, days: readonly Day[]): Promise<Set<string>> {
  const hidden = new Set<string>()
  for (const day of days) {
    for (const { action, paperId } of await readCuration(db, day)) if (action === 'hide') hidden.add(paperId)
  }
  return hidden
}

function entryOf(
  edition: Edition,
  paper: Candidate,
  common: ShownPaper | undefined,
  pictures: boolean,
): PoolEntry {
  const reasons = scoreOf(paper, rankedAt(edition.day), edition.kind === 'weekly')
  const chosen = { paper, rank: 0, reasons, note: null, returned: false }
  return {
    id: paper.id,
    title: paper.title,
    abstract: paper.abstract,
    authors: paper.authors.map(foldedKey),
    organisation: paper.organisation && foldedKey(paper.organisation),
    keywords: paper.keywords.map(foldedKey),
    score: reasons.score,
    returned: common?.returned ?? false,
    shown: common ?? shownOf(edition.kind, chosen, pictures),
  }
}
