/** A paper of an edition, in the words and links that its card shows. */
import { paperLinks } from '../../papers/arxiv-id.js'
import { authorsLine, counted, longDay } from '../../format/readable.js'
import type { ShownPaper } from '../edition.js'
import { oneLine } from '../../format/text/one-line.js'

export type Card = {
  rank: number
  title: string
  url: string
  /** `Xiaomi · 34 authors · Jun Guo, Piaopiao Jin, Jason Li et al. · 16 July 2026`, as far as it is known. */
  facts: string
  summary: string
  /** `37 upvotes`. */
  votes: string
  voteCount: string
  /** What else there is to say: comments, stars, a note. */
  counts: string[]
  links: { label: string; url: string }[]
}

/** A line breaks after the dot, never before it. */
export const between = '\u00A0· '

export function cardOf(paper: ShownPaper, publicUrl: string): Card {
  const url = paperUrl(publicUrl, paper.id)
  const organisation = paper.organisation && oneLine(paper.organisation)
  const authors = authorsLine(paper.authors.map(oneLine).filter(Boolean), paper.authorCount)
  const date = paper.publishedOn && longDay(paper.publishedOn)
  return {
    rank: paper.rank,
    title: oneLine(paper.title),
    url,
    facts: [organisation, authors, date && unbroken(date)].filter(Boolean).join(between),
    summary: oneLine(paper.summary),
    voteCount: paper.votes.toLocaleString('en-US'),
    votes: counted(paper.votes, 'upvote'),
    counts: countsOf(paper),
    links: linksOf(paper, url),
  }
}

function countsOf(paper: ShownPaper): string[] {
  return [
    paper.comments > 0 ? unbroken(counted(paper.comments, 'comment')) : '',
    paper.stars ? unbroken(counted(paper.stars, 'star')) : '',
    ...noteBeside(paper),
  ].filter(Boolean)
}

/** What the card shows by itself is not said twice. */
function noteBeside({ note }: ShownPaper): string[] {
  const phrases = note ? oneLine(note).split(', ') : []
  return phrases.filter((phrase) => !/^(?:code released|\d+ comments?)$/.test(phrase))
}

function linksOf(paper: ShownPaper, url: string): Card['links'] {
  const links = [
    { label: 'Paper page', url },
    { label: 'arXiv', url: paperLinks(paper.id)?.abs ?? null },
    { label: 'Code', url: paper.codeUrl },
    { label: 'Project', url: paper.projectUrl },
  ]
  return links.flatMap((link) => {
    const safe = link.url === url ? url : httpsOnly(link.url)
    return safe ? [{ label: link.label, url: safe }] : []
  })
}

function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00A0')
}

/** The paper's page of this service. */
function paperUrl(publicUrl: string, id: string): string {
  return `${publicUrl}/papers/${idPath(id)}`
}

/** Ids of the old kind have a slash: `math/0309136`. */
function idPath(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/')
}

function httpsOnly(url: string | null): string | null {
  if (!url || !URL.canParse(url)) return null
  const parsed = new URL(url)
  return parsed.protocol === 'https:' ? parsed.href : null
}
