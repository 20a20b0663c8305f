/** What an editor does to papers: add, edit, pin, hide, order; each with its row in the audit log. */
import type { Day } from '../../clock.js'
import { inTransaction, type Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { arxivId, localId } from '../../papers/arxiv-id.js'
import { curate, readCuration, uncurate } from '../../papers/curation.js'
import { type KeptPaper, readPaper } from '../../papers/reads.js'
import { storePapers } from '../../papers/store.js'
import { cleanText, httpsUrl } from '../../papers/text.js'
import type { CurationEntry } from '../../papers/ranking.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'

type StepServices = Pick<Services, 'db' | 'clock'>

type Word = Pick<CurationEntry, 'action' | 'position'>

/** Pins a paper to a place of the day's edition, hides it, or lets it in again. */
export function curatePaper(
  services: StepServices,
  day: Day,
  paperId: string,
  word: Word,
  author: Author,
): Promise<CurationEntry[]> {
  return curating(services, day, `paper.${word.action}`, author, (query) =>
    curate(query, day, { paperId, ...word, reason: author.why, by: author.who }),
  )
}

/** Takes back what was said of a paper on that day. */
export function uncuratePaper(
  services: StepServices,
  day: Day,
  paperId: string,
  author: Author,
): Promise<CurationEntry[]> {
  return curating(services, day, 'paper.unpinned', author, async (query) => {
    if (!(await uncurate(query, day, paperId))) {
      throw new Problem('not-found', `Nothing was said of ${paperId} on ${day}.`)
    }
  })
}

/** Pins these papers to the first places in this order; other pins of the day are taken back. */
export function orderPapers(
  services: StepServices,
  day: Day,
  ids: string[],
  author: Author,
): Promise<CurationEntry[]> {
  return curating(services, day, 'paper.ordered', author, async (query) => {
    const pinned = (await readCuration(query, day)).filter(({ action }) => action === 'pin')
    for (const { paperId } of pinned) await uncurate(query, day, paperId)
    for (const [i, paperId] of ids.entries()) {
      const word = { action: 'pin', position: i + 1, reason: author.why, by: author.who } as const
      await curate(query, day, { paperId, ...word })
    }
  })
}

function curating(
  services: StepServices,
  day: Day,
  action: string,
  author: Author,
  work: (query: Query) => Promise<void>,
): Promise<CurationEntry[]> {
  return inTransaction(services.db, async (query) => {
    const before = await readCuration(query, day)
    await work(query)
    const after = await readCuration(query, day)
    const change = { action, target: `day:${day}`, before: { words: before }, after: { words: after } }
    await writeAudit(query, services.clock, author, change)
    return after
  })
}

export type PaperInput = {
  /** An arXiv id, or a link with one; a paper without gets one of ours. */
  id?: string
  title: string
  abstract: string
  summary?: string | null
  authors?: string[]
  codeUrl?: string | null
  projectUrl?: string | null
}

/** Puts a paper on the list of a day by hand. */
export function addPaper(
  services: StepServices,
  day: Day,
  input: PaperInput,
  author: Author,
): Promise<KeptPaper> {
  const id = input.id === undefined ? localId(input.title) : arxivId(input.id)
  if (!id) throw new Problem('unprocessable', 'This is no arXiv id.')
  const now = services.clock.now()
  return inTransaction(services.db, async (query) => {
    const known = await readPaper(query, id)
    if (known?.listedOn.includes(day))
      throw new Problem('conflict', `${id} is on the list of ${day} already.`)
    const authors = input.authors ?? []
    const found = {
      ...nothingKnown,
      id,
      authors,
      authorCount: authors.length,
      listedAt: now,
      ...checkWords({ summary: null, codeUrl: null, projectUrl: null, ...input }),
    }
    await storePapers(query, [found], day, now)
    const change = { action: 'paper.added', target: `paper:${id}`, after: { day, ...found } }
    await writeAudit(query, services.clock, author, change)
    return mustRead(query, id)
  })
}

/** What a paper lacks that no source has told of. */
const nothingKnown = {
  organisation: null,
  submitter: null,
  keywords: [],
  publishedAt: null,
  votes: null,
  comments: null,
  stars: null,
}

export type PaperEdit = Partial<Omit<PaperInput, 'id'>>

const columnOf: Record<keyof PaperEdit, string> = {
  title: 'title',
  abstract: 'abstract',
  summary: 'summary',
  authors: 'authors',
  codeUrl: 'code_url',
  projectUrl: 'project_url',
}

/** @param check - is shown the paper before it changes; throws to refuse. */
export function editPaper(
  services: StepServices,
  id: string,
  edit: PaperEdit,
  author: Author,
  check: (paper: KeptPaper) => void,
): Promise<KeptPaper> {
  return inTransaction(services.db, async (query) => {
    await query('SELECT 1 FROM paper WHERE id = $1 FOR UPDATE', [id])
    const before = await mustRead(query, id)
    check(before)
    const checked: PaperEdit = { ...edit, ...checkWords(edit) }
    const names = (Object.keys(checked) as (keyof PaperEdit)[]).filter((name) => checked[name] !== undefined)
    const sets = names.map((name, i) => `${columnOf[name]} = $${i + 3}`)
    await query(`UPDATE paper SET ${['updated_at = $2', ...sets].join(', ')} WHERE id = $1`, [
      id,
      services.clock.now(),
      ...names.map((name) => checked[name]),
    ])
    const old = Object.fromEntries(names.map((name) => [name, before[name]]))
    const change = { action: 'paper.edited', target: `paper:${id}`, before: old, after: checked }
    await writeAudit(query, services.clock, author, change)
    return mustRead(query, id)
  })
}

function checkWords<E extends PaperEdit>(edit: E): E {
  const checked = { ...edit }
  for (const name of ['codeUrl', 'projectUrl'] as const) {
    const url = edit[name]
    if (url && !httpsUrl(url)) throw new Problem('unprocessable', `${name} must be an https URL.`)
  }
  if (edit.title !== undefined) {
    const title = cleanText(edit.title, 500)
    if (!title) throw new Problem('unprocessable', 'A paper needs a title.')
    checked.title = title
  }
  if (edit.abstract !== undefined) checked.abstract = cleanText(edit.abstract, 10_000) ?? ''
  return checked
}

async function mustRead(query: Query, id: string): Promise<KeptPaper> {
  const paper = await readPaper(query, id)
  if (!paper) throw new Problem('not-found', `No paper ${id} is kept.`)
  return paper
}
