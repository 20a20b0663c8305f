/** The cards of a pool in every size, compiled once; a personal edition is some of them in a reader's order. */
import type { CompiledMail, Detail } from '../../../mail/message/compiled.js'
import { compileTemplate, filler, withoutTokens } from '../../../mail/message/mjml.js'
import { textFragments } from '../../compiling/compile-text.js'
import { type EditionToCompile, viewOf } from '../../compiling/view.js'

/** A rank that has the size, for who wants that much. */
const sizes = [
  { name: 'lead', rank: 1, detail: 'full' },
  { name: 'medium', rank: 2, detail: 'full' },
  { name: 'brief', rank: 9, detail: 'full' },
  { name: 'titles', rank: 9, detail: 'titles' },
] as const satisfies { name: string; rank: number; detail: Detail }[]

const lastMedium = 4

/** Cards of one size after another; the rank, the reason and the preheader are each reader's own. */
export async function compilePool(edition: EditionToCompile): Promise<CompiledMail> {
  const parts = await Promise.all(sizes.map(({ rank, detail }) => compileIn(edition, rank, detail)))
  const [{ html, text }] = parts as [Part, ...Part[]]
  return {
    subject: edition.subject,
    html: { ...html, cards: parts.flatMap((part) => part.html.cards) },
    text: { ...text, cards: parts.flatMap((part) => part.text.cards) },
  }
}

type Part = Awaited<ReturnType<typeof compileIn>>

async function compileIn(edition: EditionToCompile, rank: number, detail: Detail) {
  const papers = edition.papers.map((paper) => ({ ...paper, rank, note: null }))
  const plain = withoutTokens(viewOf({ ...edition, papers }, detail))
  const view = {
    ...plain,
    subject: plain.publication,
    preheader: '@@PREHEADER@@',
    opening: 'Chosen for you: what you follow first, then what everybody reads.',
    papers: plain.papers.map((card) => ({ ...card, rank: '@@RANK@@', why: '@@WHY@@' })),
  }
  const html = await compileTemplate('email/edition.mjml.eta', { ...view, filler })
  return { html, text: textFragments(view) }
}

/** Where the card of a paper stands for a reader who wants that much, at a rank from 1. */
export function cardIndex(index: number, rank: number, detail: Detail, papers: number): number {
  const wanted =
    detail === 'titles'
      ? 'titles'
      : detail === 'short' || rank > lastMedium
        ? 'brief'
        : rank === 1
          ? 'lead'
          : 'medium'
  return sizes.findIndex(({ name }) => name === wanted) * papers + index
}
