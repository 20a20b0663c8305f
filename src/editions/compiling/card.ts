/** A paper of an edition, in the words and links that its card shows. */
import { paperLinks } from '../../papers/arxiv-id.js'
import { capital, counted, countTold } from '../../format/readable.js'
import type { Detail } from '../../mail/message/compiled.js'
import type { EditionKind, ShownPaper } from '../edition.js'
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
  /** Whose it is, in a few words: `Xiaomi`; the lead names its first author too: `Xiaomi · Jun Guo et al.` */
  facts: string
  summary: string
  /** `37 upvotes`. */
  votes: string
  voteCount: string
  /** Why it is here: `Third day on the list · the author answers questions`; empty where there is nothing to say. */
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
type Around = { kind: EditionKind; period: string; publicUrl: string; papers: readonly ShownPaper[] }

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
    why: size === 'titles' ? '' : capital(whyOf(size, paper, edition).map(unbroken).join(between)),
    counts: size === 'lead' || size === 'medium' ? countsOf(paper) : [],
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

function factsOf(size: CardSize, { organisation, authors, authorCount }: ShownPaper): string {
  const [first = ''] = authors.map(oneLine).filter(Boolean)
  const names = first && authorCount > 1 ? `${first} ${unbroken('et al.')}` : first
  const whose = organisation && oneLine(organisation)
  if (size === 'lead') return [whose, names].filter(Boolean).join(between)
  return whose || names
}

/** Phrases, but for what the link to the code says; the lead has one in any case. */
function whyOf(size: CardSize, { id, note, votes }: ShownPaper, { kind, papers }: Around): string[] {
  const phrases = (note ? oneLine(note).split(', ') : []).filter((phrase) => phrase !== 'code released')
  if (size !== 'lead' || phrases.length > 0 || !countTold(votes, 'upvote')) return phrases
  const others = papers.filter((paper) => paper.id !== id)
  if (others.every((paper) => paper.votes < votes)) return others.length > 0 ? ['most upvotes'] : []
  return kind === 'daily' ? ['many upvotes in a short time'] : []
}

function countsOf({ comments, stars, note }: ShownPaper): string[] {
  const told = note?.includes(' comments') ?? false
  return [told ? '' : countTold(comments, 'comment'), countTold(stars, 'star')].filter(Boolean).map(unbroken)
}

function linksOf(paper: ShownPaper, url: string): Card['links'] {
  const links = [
    { label: 'Paper page', url },
    { label: 'arXiv', url: paperLinks(paper.id)?.abs ?? null },
    { label: 'Code released', url: paper.codeUrl },
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
