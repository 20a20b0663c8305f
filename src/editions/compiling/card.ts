/** A paper of an edition, in the words and links that its card shows. */
import { paperLinks } from '../../papers/arxiv-id.js'
import { authorsLine, counted, longDay, fewestComments, fewestStars } from '../../format/readable.js'
import type { Detail } from '../../mail/message/compiled.js'
import type { ShownPaper } from '../edition.js'
import { type PictureShown, showPicture } from '../../papers/pictures/picture.js'
import { oneLine } from '../../format/text/one-line.js'
import { plainLine } from './plain-line.js'
import { toldOf } from './told.js'

/** The first paper leads, three follow, and of the rest a line says what each does; readers may wish for less. */
type CardSize = 'lead' | 'medium' | 'brief' | 'titles'

export type Card = {
  /** From 1, or where it is to be filled in. */
  rank: number | string
  size: CardSize
  title: string
  url: string
  /** `Xiaomi · 34 authors · Jun Guo, Piaopiao Jin, Jason Li et al. · 16 July 2026`, as far as it is known; only the first of them below the lead. */
  facts: string
  summary: string
  /** `37 upvotes`. */
  votes: string
  voteCount: string
  /** Why it is here: `+38 votes overnight · code released`; empty where there is nothing to say. */
  why: string
  /** Comments and stars, where they are enough to be told. */
  counts: string[]
  links: { label: string; url: string }[]
  /** The lead alone has one. */
  picture: (PictureShown & { url: string }) | null
  /** Below the reader's own pages: where they answer to the paper. */
  answerPath: string
}

const lastMedium = 4

/** A line breaks after the dot, never before it. */
export const between = '\u00A0· '

/** What a card takes of its edition. */
type Around = { publicUrl: string; period: string }

export function cardOf(paper: ShownPaper, edition: Around, detail: Detail): Card {
  const { publicUrl, period } = edition
  const url = paperUrl(publicUrl, paper.id)
  const size = sizeOf(paper.rank, detail)
  const title = plainLine(paper.title)
  return {
    rank: paper.rank,
    size,
    title,
    url,
    facts: factsOf(size, paper),
    summary: size === 'titles' ? '' : toldOf(size, title, plainLine(paper.summary)),
    voteCount: paper.votes.toLocaleString('en-US'),
    votes: counted(paper.votes, 'upvote'),
    why: paper.note && size !== 'titles' ? oneLine(paper.note).split(', ').map(unbroken).join(between) : '',
    counts: size === 'titles' ? [] : countsOf(paper),
    links: size === 'titles' ? [] : linksOf(paper, url),
    picture: size === 'lead' ? pictureOf(paper, publicUrl) : null,
    answerPath: `/${period}?paper=${encodeURIComponent(paper.id)}`,
  }
}

function sizeOf(rank: number, detail: Detail): CardSize {
  if (detail === 'titles') return 'titles'
  if (detail === 'short' || rank > lastMedium) return 'brief'
  return rank === 1 ? 'lead' : 'medium'
}

/** Who and when; below the lead, only whose it is. */
function factsOf(size: CardSize, paper: ShownPaper): string {
  const organisation = paper.organisation && oneLine(paper.organisation)
  const names = paper.authors.map(oneLine).filter(Boolean)
  if (size !== 'lead')
    return organisation || [names[0], names[1] && unbroken('et al.')].filter(Boolean).join(' ')
  const authors = authorsLine(names, paper.authorCount)
  const date = paper.publishedOn && unbroken(longDay(paper.publishedOn))
  return [organisation, authors, date].filter(Boolean).join(between)
}

/** A single comment or star says less than none. */
function countsOf({ comments, stars, note }: ShownPaper): string[] {
  const told = note?.includes(' comments') ?? false
  return [
    comments >= fewestComments && !told ? unbroken(counted(comments, 'comment')) : '',
    stars !== null && stars >= fewestStars ? unbroken(counted(stars, 'star')) : '',
  ].filter(Boolean)
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

/** In pixels: as wide as the words of a card, and low enough to leave them the first screen. */
const pictureBox = { width: 540, height: 360 }

function pictureOf({ picture, title }: ShownPaper, publicUrl: string): Card['picture'] {
  if (!picture) return null
  const shown = showPicture(picture, 'large', plainLine(title), pictureBox)
  return { ...shown, url: publicUrl + shown.path }
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
