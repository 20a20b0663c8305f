/** The words of a paper as HTML, in the pieces that pages, feeds and editions put together. */
import { type Static, Type } from 'typebox'
import { escapeHtml } from '../../format/text/escape-html.js'
import { oneLine } from '../../format/text/one-line.js'
import { shortOf } from '../short/short.js'

export type PaperText = { title: string; abstract: string; summary: string | null }

const html = Type.String()

/** Safe to be put into a page as it is, but for `titleText`. */
export const paperHtmlSchema = Type.Object({
  title: html,
  /** The title without markup, for documents and descriptions; not escaped. */
  titleText: Type.String(),
  /** The abstract, or the summary where there is none. */
  abstract: html,
  /** What the paper does, from the abstract alone; empty where that is the whole of it. */
  beginning: html,
  /** The summary; empty where it stands for the abstract, or there is none. */
  summary: html,
  /** What editions and feeds show, see `short.ts`. */
  card: html,
})

export type PaperHtml = Static<typeof paperHtmlSchema>

/** What each piece is made of. */
export function textsOf({ title, abstract, summary }: PaperText): PaperHtml {
  const whole = abstract || summary || ''
  const beginning = shortOf({ title, abstract: whole, summary: null })
  return {
    title,
    titleText: title,
    abstract: whole,
    beginning: beginning === oneLine(whole) ? '' : beginning,
    summary: abstract && summary ? summary : '',
    card: shortOf({ title, abstract, summary }),
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
