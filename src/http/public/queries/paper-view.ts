/** A paper in the words and links that pages show of it. */
import { type Day, utcDay } from '../../../clock.js'
import { cutAtWord } from '../../../format/truncate.js'
import { counted, countTold, longDay } from '../../../format/readable.js'
import { paperLinks } from '../../../papers/arxiv-id.js'
import { typedHtml } from '../../../papers/html/paper-html.js'
import type { Paper } from '../../../papers/paper.js'
import { type PictureShown, showPicture } from '../../../papers/pictures/picture.js'
import type { KeptPaper } from '../../../papers/reads.js'

export type PaperView = {
  id: string
  /** Its place on the list it stands on; null on its own page. */
  rank: number | null
  path: string
  titleHtml: string
  titleText: string
  /** As much of that as tells one paper from another. */
  titleShort: string
  abstractHtml: string
  /** What it does, in the words that mails and feeds have; empty where the abstract has no more. */
  beginningHtml: string
  summaryHtml: string
  organisation: string | null
  /** Its papers. */
  organisationPath: string | null
  /** `34 authors`; empty when the number is not known. */
  authorCount: string
  /** `Jun Guo, Piaopiao Jin, Jason Li et al.`. */
  authorNames: string
  /** Machine-readable and as read: `2026-07-16`, `16 July 2026`. */
  published: { day: Day; label: string } | null
  voteCount: string
  votes: string
  comments: string
  stars: string
  /** How it fares: `+38 overnight`; empty where that is not known or not worth saying. */
  momentum: string
  links: { label: string; url: string }[]
  /** For a list, and for where it leads; null where there is none or none is wanted. */
  picture: { small: PictureShown; large: PictureShown } | null
}

/** How many authors are named on a list. */
const named = 3

/** In pixels: beside a paper's words, and as wide as they are. */
const smallBox = { width: 144, height: 120 }
const largeBox = { width: 640, height: 420 }

/** @param rank - its place on the list. @param pictures - whether the operator wants them, and the page has room. */
export function paperView(paper: KeptPaper, rank: number | null = null, pictures = false): PaperView {
  const html = paper.html ?? typedHtml(paper)
  return {
    id: paper.id,
    rank,
    path: paperPath(paper.id),
    titleHtml: html.title,
    titleText: html.titleText,
    titleShort: cutAtWord(html.titleText, 120),
    abstractHtml: html.abstract,
    beginningHtml: html.summary ? html.card : html.beginning,
    summaryHtml: html.summary,
    organisation: paper.organisation,
    organisationPath: paper.organisation === null ? null : searchPath({ organisation: paper.organisation }),
    ...authorsOf(paper),
    published: publishedOf(paper.publishedAt),
    voteCount: paper.votes.toLocaleString('en-US'),
    votes: counted(paper.votes, 'upvote'),
    comments: countTold(paper.comments, 'comment'),
    stars: countTold(paper.stars, 'star'),
    momentum: '',
    links: linksOf(paper),
    picture: pictures ? pictureOf(paper, html.titleText) : null,
  }
}

function pictureOf({ picture }: KeptPaper, title: string): PaperView['picture'] {
  if (!picture) return null
  return {
    small: showPicture(picture, 'small', title, smallBox),
    large: showPicture(picture, 'large', title, largeBox),
  }
}

/** Papers of an organisation, or with a name or a phrase in them. */
export function searchPath(asked: { organisation: string } | { q: string }): string {
  const { q, ...others } = { q: undefined, ...asked }
  // Quotation marks within would end the phrase.
  const words = q === undefined ? {} : { q: `"${q.replaceAll('"', ' ')}"` }
  return `/papers?${new URLSearchParams({ ...words, ...others }).toString()}`
}

/** Path of a paper's page; ids of the old kind have a slash. */
export function paperPath(id: string): string {
  return `/papers/${id.split('/').map(encodeURIComponent).join('/')}`
}

function authorsOf(paper: Paper): Pick<PaperView, 'authorCount' | 'authorNames'> {
  const rest = paper.authorCount > named && paper.authors.length > 0 ? ' et\u00A0al.' : ''
  return {
    authorCount: paper.authorCount > 0 ? counted(paper.authorCount, 'author') : '',
    authorNames: paper.authors.slice(0, named).join(', ') + rest,
  }
}

function publishedOf(at: Date | null): PaperView['published'] {
  if (!at) return null
  const day = utcDay(at)
  return { day, label: longDay(day) }
}

function linksOf(paper: Paper): PaperView['links'] {
  const links = paperLinks(paper.id)
  return [
    { label: 'arXiv', url: links?.abs },
    { label: 'PDF', url: links?.pdf },
    { label: 'Code', url: paper.codeUrl },
    { label: 'Project', url: paper.projectUrl },
    { label: 'Discussion', url: links?.hub },
  ].flatMap(({ label, url }) => (url?.startsWith('https://') ? [{ label, url }] : []))
}
