/** An edition in the words and links that its templates are filled with. */
import type { Day } from '../../clock.js'
import type { Detail } from '../../mail/message/compiled.js'
import { type Card, cardOf } from './card.js'
import { openingOf } from './opening.js'
import type { EditionKind, ShownPaper } from '../edition.js'
import { dateline } from '../choosing/period.js'

export type EditionToCompile = {
  kind: EditionKind
  period: string
  /** The last day it covers. */
  day: Day
  /** Null for a draft. */
  number: number | null
  subject: string
  preheader: string
  papers: ShownPaper[]
  publication: string
  byline: string
  publicUrl: string
  /** The sender's postal address; null where none is set. */
  senderAddress: string | null
}

/** What both templates are filled with. */
export type EditionView = {
  subject: string
  preheader: string
  publication: string
  byline: string
  dateline: string
  /** `No. 42`, or `Draft`. */
  edition: string
  /** What is in it: `8 of 10 with code, three on agents.` Empty where there is nothing to say. */
  opening: string
  papers: Card[]
  subscribeUrl: string
  senderAddress: string
  allLabel: string
  allUrl: string
}

export function viewOf(edition: EditionToCompile, detail: Detail): EditionView {
  const list = edition.kind === 'daily' ? edition.period : `week/${edition.period}`
  return {
    subject: edition.subject,
    preheader: edition.preheader,
    publication: edition.publication,
    byline: edition.byline,
    dateline: dateline(edition.kind, edition.day),
    edition: edition.number === null ? 'Draft' : `No. ${edition.number.toLocaleString('en-US')}`,
    opening: openingOf(edition.papers),
    subscribeUrl: `${edition.publicUrl}/`,
    senderAddress: edition.senderAddress ?? '',
    papers: edition.papers.map((paper) => cardOf(paper, edition, detail)),
    allLabel: edition.kind === 'daily' ? 'All papers of the day' : 'All papers of the week',
    allUrl: `${edition.publicUrl}/papers/${list}`,
  }
}
