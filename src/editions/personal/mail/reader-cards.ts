/** The cards of one reader's edition: which of the pool's, in which order, and what is filled into each. */
import { subjectLine } from '../../../mail/message/assemble.js'
import type { Detail, Token } from '../../../mail/message/compiled.js'
import { subjectOf } from '../../compiling/subject.js'
import type { EditionKind } from '../../edition.js'
import { cardIndex } from '../pool/compile-pool.js'
import { openCutter } from './cut-titles.js'
import { labelKey } from './labels.js'
import { readOrder } from '../pool/orders.js'
import type { PoolEntry } from '../pool/pool.js'
import { whyOf } from './why.js'

type Values = Partial<Record<Token, string>>

export type ReaderCards = { order: number[]; ofCards: Values[]; subjectLine: string; preheader: string }

/** What a preheader shows of titles. */
const titlesShown = 3
const cut = openCutter(60)

export function readerCards(
  edition: { kind: EditionKind; day: string },
  papers: readonly PoolEntry[],
  own: { order: Buffer; labels: ReadonlyMap<string, string> },
  detail: Detail,
): ReaderCards {
  const chosen = readOrder(own.order).filter(({ index }) => index < papers.length)
  const shown = chosen.map(({ index }) => papers[index]!.shown)
  const others = shown.slice(1, 1 + titlesShown).map(({ title }) => cut(title))
  return {
    order: chosen.map(({ index }, i) => cardIndex(index, i + 1, detail, papers.length)),
    ofCards: chosen.map((one, i) => ({
      RANK: String(i + 1),
      WHY: whyOf(one, shown[i]!, own.labels.get(labelKey(one))),
    })),
    subjectLine: subjectFor(edition, shown),
    preheader: others.length > 0 ? `Also: ${others.join(' · ')}` : '',
  }
}

/** By the day, the first title and how many follow: all that a subject is made of. */
const subjects = new Map<string, string>()
const mostSubjects = 5_000

function subjectFor({ kind, day }: { kind: EditionKind; day: string }, shown: PoolEntry['shown'][]): string {
  const key = `${kind} ${day} ${shown.length} ${shown[0]?.title ?? ''}`
  const known = subjects.get(key)
  if (known !== undefined) return known
  if (subjects.size >= mostSubjects) subjects.clear()
  const subject = subjectLine(subjectOf(kind, day, shown))
  subjects.set(key, subject)
  return subject
}
