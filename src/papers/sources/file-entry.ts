/** Reads one entry of a file: as the Hub lists papers, or flat with whatever is known. */
import type { Day } from '../../clock.js'
import { arxivId, localId } from '../arxiv-id.js'
import { readHubEntry } from './hub-entry.js'
import type { FoundPaper } from '../paper.js'
import { pictureUrls } from '../pictures/offered.js'
import { cleanList, cleanText, count, httpsUrl, instant } from '../text.js'

type Fields = Record<string, unknown>

/**
 * Flat entries have `title` and, if known, `id` or `url`, `abstract`, `summary`, `authors` (names, or how many),
 * `published`, `listed`, `votes`, `comments`, `stars`, `organisation`, `submitter`, `keywords`, `code`, `project`, `picture`.
 * One without an id is known by its title.
 * @returns the paper, or a few words on what is missing; never throws.
 */
export function readFileEntry(entry: unknown, day: Day): FoundPaper | string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'no object'
  if ('paper' in entry) return readHubEntry(entry, day)
  const fields = entry as Fields
  const first = (...names: string[]) => names.map((name) => fields[name]).find((value) => value !== undefined)
  const title = cleanText(fields['title'], 500)
  if (!title) return 'no title'
  const given = first('id', 'arxiv_id', 'arxivId', 'url')
  const id = given === undefined || given === null ? localId(title) : arxivId(given)
  if (!id) return `no arXiv id in ${String(cleanText(given, 40))}`
  const authors = namesOf(fields['authors'])
  return {
    id,
    title,
    abstract: cleanText(first('abstract', 'summary'), 10_000) ?? '',
    summary: fields['abstract'] === undefined ? null : cleanText(fields['summary'], 1000),
    authors,
    authorCount: Math.max(authors.length, Math.min(count(fields['authors']) ?? 0, 100_000)),
    organisation: cleanText(first('organisation', 'organization'), 200),
    submitter: cleanText(fields['submitter'], 100),
    keywords: cleanList(fields['keywords'], 30, 100),
    codeUrl: httpsUrl(first('code', 'githubRepo')),
    projectUrl: httpsUrl(first('project', 'projectPage')),
    publishedAt: instant(first('published', 'publishedAt')),
    listedAt: instant(first('listed', 'listedAt')),
    votes: count(first('votes', 'upvotes')),
    comments: count(first('comments', 'numComments')),
    stars: count(first('stars', 'githubStars')),
    authorTalks: fields['isAuthorParticipating'] === true,
    pictureUrls: pictureUrls(fields['picture'], fields['thumbnail']),
  }
}

function namesOf(authors: unknown): string[] {
  if (!Array.isArray(authors)) return []
  const names = authors.map((author: unknown) =>
    typeof author === 'object' && author !== null && 'name' in author ? author.name : author,
  )
  return cleanList(names, 5000, 200)
}
