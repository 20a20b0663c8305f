/** Puts a paper on the list of a day: by its arXiv id alone, or with words of the editor's own. */
import type { Day } from '../../clock.js'
import { takeLock } from '../../db/lock.js'
import { Problem } from '../../errors.js'
import { arxivId, isArxivId, localId } from '../../papers/arxiv-id.js'
import { findOnArxiv } from '../../papers/sources/arxiv/find.js'
import { cleanWords, type PaperWords, writeEdits } from '../../papers/edits.js'
import type { FoundPaper } from '../../papers/paper.js'
import { readPaper } from '../../papers/reads.js'
import { storePapers } from '../../papers/store.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'
import { type EditorsPaper, readForEditor } from './read.js'

type AddServices = Pick<Services, 'db' | 'clock' | 'config'>

export type PaperInput = PaperWords & {
  /** An arXiv id, or a link with one; a paper without gets one of ours. */
  id?: string
}

/**
 * What is not given comes from what is kept of the paper, otherwise from arXiv; what is given stays.
 * @throws Problem `unprocessable` for no arXiv id, for one that arXiv does not know, and for words that are
 * missing; `unavailable` when arXiv gives no answer; `conflict` when the day lists it already.
 */
export async function addPaper(
  services: AddServices,
  day: Day,
  { id: given, ...words }: PaperInput,
  author: Author,
): Promise<EditorsPaper> {
  const { db, clock } = services
  const cleaned = cleanWords(words)
  const id = idOf(given, cleaned)
  // Before the transaction: nobody should wait for arXiv with a lock in hand.
  const known = await whatIsKnown(services, id, day, cleaned)
  const authors = cleaned.authors ?? known.authors
  const found = { ...known, ...cleaned, id, authors, authorCount: authors.length, listedAt: clock.now() }
  return db.transaction('request', async (tx) => {
    await takeLock(tx, `paper ${id}`)
    requireUnlisted((await readPaper(tx, id))?.listedOn, id, day)
    await storePapers(tx, [found], day, clock.now())
    await writeEdits(tx, id, cleaned, clock.now())
    const after = { day, title: found.title, given: Object.keys(cleaned) }
    await writeAudit(tx, clock, author, { action: 'paper.added', target: `paper:${id}`, after })
    return readForEditor(tx, id)
  })
}

function idOf(given: string | undefined, { title }: PaperWords): string {
  const id = given === undefined ? title && localId(title) : arxivId(given)
  if (id) return id
  throw new Problem(
    'unprocessable',
    given === undefined ? 'Give an arXiv id, or title and abstract.' : 'This is no arXiv id.',
  )
}

async function whatIsKnown(
  services: AddServices,
  id: string,
  day: Day,
  words: PaperWords,
): Promise<FoundPaper> {
  const kept = await readPaper(services.db, id)
  requireUnlisted(kept?.listedOn, id, day)
  if (kept) return { ...nothingKnown, id, title: kept.title, abstract: kept.abstract, authors: kept.authors }
  if (words.title !== undefined && words.abstract !== undefined) return { ...nothingKnown, id }
  if (!isArxivId(id))
    throw new Problem('unprocessable', 'A paper without arXiv id needs a title and an abstract.')
  const { title, abstract, authors, categories, codeUrl, publishedAt } = await findOnArxiv(services, id, {
    baseUrl: services.config.arxivApiUrl,
  })
  return {
    ...nothingKnown,
    id,
    title,
    abstract,
    authors,
    keywords: categories,
    codeUrl,
    publishedAt: publishedAt === null ? null : new Date(publishedAt),
  }
}

function requireUnlisted(listedOn: readonly Day[] | undefined, id: string, day: Day): void {
  if (listedOn?.includes(day)) throw new Problem('conflict', `${id} is on the list of ${day} already.`)
}

/** What a paper lacks that no source has told of. */
const nothingKnown = {
  title: '',
  abstract: '',
  authors: [],
  authorCount: 0,
  listedAt: null,
  summary: null,
  codeUrl: null,
  projectUrl: null,
  organisation: null,
  submitter: null,
  keywords: [],
  publishedAt: null,
  votes: null,
  comments: null,
  stars: null,
  authorTalks: false,
  pictureUrls: [],
}
