/** Reads one entry of the Hub's daily list: every field is checked, and only id and title are necessary. */
import { addDays, type Day } from '../../clock.js'
import { arxivId } from '../arxiv-id.js'
import type { FoundPaper } from '../paper.js'
import { pictureUrls } from '../pictures/offered.js'
import { cleanList, cleanText, count, httpsUrl, instant } from '../text.js'

const mostAuthors = 5000
const hour = 3_600_000

type Fields = Record<string, unknown>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** @returns the paper, or a few words on what is missing; never throws, whatever is handed in. */
export function readHubEntry(entry: unknown, day: Day): FoundPaper | string {
  const outer = fieldsOf(entry)
  const paper = fieldsOf(outer['paper'])
  const id = arxivId(paper['id'])
  if (!id) return 'no arXiv id'
  const title = cleanText(paper['title'], 500) ?? cleanText(outer['title'], 500)
  if (!title) return `${id} has no title`
  const authors = authorNames(paper['authors'])
  return {
    id,
    title,
    abstract: cleanText(paper['summary'], 10_000) ?? cleanText(outer['summary'], 10_000) ?? '',
    summary: cleanText(paper['ai_summary'], 1000),
    authors,
    authorCount: authors.length,
    organisation: nameOf(paper['organization']) ?? nameOf(outer['organization']),
    submitter: handleOf(paper['submittedOnDailyBy']) ?? handleOf(outer['submittedBy']),
    keywords: cleanList(paper['ai_keywords'], 30, 100),
    codeUrl: httpsUrl(paper['githubRepo']),
    projectUrl: httpsUrl(paper['projectPage']),
    publishedAt: instant(paper['publishedAt']),
    listedAt: instant(paper['submittedOnDailyAt']) ?? olderListedAt(outer, paper, day),
    votes: count(paper['upvotes']),
    comments: count(outer['numComments']),
    stars: count(paper['githubStars']),
    authorTalks: outer['isAuthorParticipating'] === true,
    pictureUrls: pictureUrls(paper['mediaUrls'] ?? outer['mediaUrls'], outer['thumbnail']),
  }
}

/** Authors who hide their account stay authors of the paper. */
function authorNames(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return cleanList(
    value.slice(0, mostAuthors).map((author) => fieldsOf(author)['name']),
    mostAuthors,
    200,
  )
}

function nameOf(organisation: unknown): string | null {
  const { fullname, name } = fieldsOf(organisation)
  return cleanText(fullname, 200) ?? cleanText(name, 200)
}

function handleOf(account: unknown): string | null {
  const { user, name, fullname } = fieldsOf(account)
  return cleanText(user, 100) ?? cleanText(name, 100) ?? cleanText(fullname, 100)
}

/**
 * Until early 2025 the outer `publishedAt` was the time of listing; since then it is the paper's own
 * `publishedAt` less some whole hours, which says nothing.
 */
function olderListedAt(outer: Fields, paper: Fields, day: Day): Date | null {
  const outerAt = instant(outer['publishedAt'])
  const innerAt = instant(paper['publishedAt'])
  if (!outerAt || !innerAt || (outerAt.getTime() - innerAt.getTime()) % hour === 0) return null
  const from = Date.parse(`${addDays(day, -1)}T00:00:00Z`)
  const until = Date.parse(`${addDays(day, 1)}T12:00:00Z`)
  return outerAt.getTime() >= from && outerAt.getTime() < until ? outerAt : null
}
