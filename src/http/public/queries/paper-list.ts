/** The papers of a list as HTML that never outgrows a page, whatever their authors wrote. */
import { renderTemplate } from '../../../format/templates.js'
import type { PaperView } from './paper-view.js'

/** As many papers as anybody reads on a page; the API pages through all of them. */
export const mostListed = 100

/** Bytes of all papers of a page; with what stands around them it stays under 400 kB. */
const room = 320_000

/** From the least to the most: the title alone has so few bytes that those of a hundred papers fit. */
const forms = ['title', 'beginning', 'whole'] as const

type Form = (typeof forms)[number]

/**
 * All papers in their order. Where not all of them fit as a whole, the largest lose first: their abstract but for
 * its beginning, and then all but their title; their own pages have it.
 * @param leading - whether the first shows its picture as wide as the page.
 */
export function paperList(papers: readonly PaperView[], leading = false): string {
  const listed = papers.map((paper, at) => ({ ...paper, leads: leading && at === 0 }))
  const items = listed.map((paper) => itemOf(paper, 'whole'))
  if (sizeOf(items) <= room) return items.join('\n')
  return fitted(listed)
    .map(({ html }) => html)
    .join('\n')
}

type Listed = PaperView & { leads: boolean }
type Item = { paper: Listed; html: string }

function fitted(papers: readonly Listed[]): Item[] {
  const items = papers.map((paper) => ({ paper, html: itemOf(paper, 'title') }))
  let left = room - sizeOf(items.map(({ html }) => html))
  for (const form of forms.slice(1)) {
    const larger = items.map((item) => {
      const html = itemOf(item.paper, form)
      return { item, html, more: Buffer.byteLength(html) - Buffer.byteLength(item.html) }
    })
    for (const { item, html, more } of larger.sort((a, b) => a.more - b.more)) {
      if (more > left) break
      item.html = html
      left -= more
    }
  }
  return items
}

function itemOf(paper: Listed, form: Form): string {
  return renderTemplate('pages/parts/item.eta', { ...paper, form })
}

const sizeOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
