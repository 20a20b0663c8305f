/** The words of a paper as HTML, in the pieces that pages, feeds and editions put together. */
import { cutAtSentence } from '../../format/truncate.js'
import { escapeHtml } from '../../format/text/escape-html.js'

/** Five or six lines of the mail: enough to decide on, short enough to read ten of them. */
export const summaryLength = 350

export type PaperText = { title: string; abstract: string; summary: string | null }

/** Safe to be put into a page as it is, but for `titleText`. */
export type PaperHtml = {
  title: string
  /** The title without markup, for documents and descriptions; not escaped. */
  titleText: string
  /** The abstract, or the summary where there is none. */
  abstract: string
  /** The first sentences of that; empty where they are the whole of it. */
  beginning: string
  /** The summary; empty where it stands for the abstract, or there is none. */
  summary: string
  /** What an edition shows: the summary or the abstract, cut at a sentence. */
  card: string
}

/** What each piece is made of. */
export function textsOf({ title, abstract, summary }: PaperText): PaperHtml {
  const whole = abstract || summary || ''
  const beginning = cutAtSentence(whole, summaryLength)
  return {
    title,
    titleText: title,
    abstract: whole,
    beginning: beginning === whole ? '' : beginning,
    summary: abstract && summary ? summary : '',
    card: cutAtSentence(summary || abstract, summaryLength),
  }
}

/** All pieces as they were typed. */
export function typedHtml(paper: PaperText): PaperHtml {
  return mapPieces(textsOf(paper), (text, piece) => (piece === 'titleText' ? text : escapeHtml(text)))
}

/** The pieces of one paper, each made from the one before. */
export function mapPieces(
  pieces: PaperHtml,
  make: (text: string, piece: keyof PaperHtml) => string,
): PaperHtml {
  const names = Object.keys(pieces) as (keyof PaperHtml)[]
  return Object.fromEntries(names.map((name) => [name, make(pieces[name], name)])) as PaperHtml
}
