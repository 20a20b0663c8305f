/** The card that stands for a page where somebody shares it: 1200 by 630, as an SVG that is drawn into a PNG. */
import { renderTemplate } from '../../../format/templates.js'
import { light } from '../../../format/palette.js'
import { oneLine } from '../../../format/text/one-line.js'
import { fitLines } from './fit-lines.js'

export type Card = {
  publication: string
  /** At the right of the masthead: a date. */
  dateline: string
  title: string
  /** A line below: who wrote it. */
  facts: string
  /** Numbered titles below. */
  list: string[]
}

const width = 1040
const sizes = [76, 66, 56, 48]
const longest = 400
/** What is not bold is a little narrower. */
const regular = 0.95

/** What XML has no place for: surrogates without their pair, and controls. */
const unfit = /[^\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

const clean = (text: string): string => oneLine(text.slice(0, longest).replaceAll(unfit, ''))

export function cardSvg(card: Card): string {
  const most = card.list.length > 0 ? 1 : 4
  const title = fitted(clean(card.title), most)
  const step = title.size * 1.2
  return renderTemplate('pages/card.eta', {
    publication: fitLines(clean(card.publication), 40, 560, 1).lines[0] ?? '',
    dateline: fitLines(clean(card.dateline), 28 * regular, 440, 1).lines[0] ?? '',
    size: title.size,
    lines: title.lines.map((text, at) => ({ text, y: 225 + title.size * 0.75 + step * at })),
    facts: fitLines(clean(card.facts), 28 * regular, width, 1).lines[0] ?? '',
    list: card.list.slice(0, 3).map((text, at) => ({
      rank: at + 1,
      text: fitLines(clean(text), 34 * regular, width - 70, 1).lines[0] ?? '',
      y: 365 + at * 64,
    })),
    light,
  })
}

/** The largest type in which it is whole; the smallest, and cut, where it is in none. */
function fitted(title: string, most: number): { size: number; lines: string[] } {
  const tries = sizes.map((size) => ({ size, ...fitLines(title, size, width, most) }))
  return tries.find(({ whole }) => whole) ?? tries.at(-1) ?? { size: 48, lines: [] }
}
