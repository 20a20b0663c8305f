/** The form of the answers to an edition's papers: what it shows, and what is read from it. */
import { dateline } from '../../../editions/choosing/period.js'
import type { ShownPaper } from '../../../editions/edition.js'
import type { Edition } from '../../../editions/store.js'
import { escapeHtml } from '../../../format/text/escape-html.js'
import type { Said } from '../../../subscribers/feedback/said.js'
import { paperPath } from '../../public/queries/paper-view.js'
import type { Fields } from '../step/request.js'

/** What the link that was pressed asks for. */
export type Pressed = { paper?: string | undefined; answer?: string | undefined }

type Shown = { id: string; path: string; titleHtml: string; facts: string; answer: string; saved: boolean }

/** What the template needs; the paper of the link that was pressed comes first, with the answer that it names. */
export function answersForm(
  edition: Edition,
  papers: readonly ShownPaper[],
  said: readonly Said[],
  pressed: Pressed = {},
) {
  const shown = papers.map((paper, i) => shownOf(paper, said[i], pressed))
  const first = shown.find(({ id }) => id === pressed.paper)
  return {
    title: 'Your answers',
    dateline: dateline(edition.kind, edition.day),
    first: first ?? null,
    others: shown.filter((one) => one !== first),
  }
}

function shownOf({ id, title, html, authors }: ShownPaper, said: Said | undefined, pressed: Pressed): Shown {
  const here = pressed.paper === id
  const answer =
    here && (pressed.answer === 'more' || pressed.answer === 'less') ? pressed.answer : said?.answer
  return {
    id,
    path: paperPath(id),
    titleHtml: html?.title ?? escapeHtml(title),
    facts: authors.slice(0, 3).join(', '),
    answer: answer ?? 'none',
    saved: (said?.saved ?? false) || (here && pressed.answer === 'save'),
  }
}

/** What the form says of these papers; one that is not in it stays as it was. */
export function saidIn(fields: Fields, papers: readonly ShownPaper[]): Said[] {
  return papers.flatMap(({ id }) => {
    const answer = fields[`answer:${id}`]
    if (answer === undefined) return []
    const known = answer === 'more' || answer === 'less' ? answer : null
    return [{ paperId: id, answer: known, saved: fields[`save:${id}`] === 'yes' }]
  })
}

/** What was said, in words, and the fields that take it back. */
export function notedPage(before: readonly Said[], now: readonly Said[], papers: readonly ShownPaper[]) {
  const titles = new Map(papers.map(({ id, title, html }) => [id, html?.title ?? escapeHtml(title)]))
  const after = new Map(now.map((one) => [one.paperId, one]))
  return {
    title: 'Noted',
    changes: before.map(({ paperId }) => ({
      titleHtml: titles.get(paperId) ?? '',
      words: wordsOf(after.get(paperId)),
    })),
    undo: before.flatMap(({ paperId, answer, saved }) => [
      { name: `answer:${paperId}`, value: answer ?? 'none' },
      ...(saved ? [{ name: `save:${paperId}`, value: 'yes' }] : []),
    ]),
  }
}

function wordsOf(said: Said | undefined): string {
  const answer = said?.answer === 'more' ? 'more like this' : said?.answer === 'less' ? 'less like this' : ''
  return [answer, said?.saved ? 'saved' : ''].filter(Boolean).join(', ') || 'no answer'
}
