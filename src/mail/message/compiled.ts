/** A mail compiled once: fragments with tokens, from which each reader's message is put together. */
import { type Static, Type } from 'typebox'
import type { ColumnValue } from '../../db/queries/columns.js'

/** `@@NAME@@` in a fragment stands for a value of one reader's own. */
const tokens = [
  'UNSUBSCRIBE_URL',
  'PREFERENCES_URL',
  'WEB_URL',
  'MINE_URL',
  'LINK_URL',
  'PREHEADER',
  'RANK',
  'WHY',
] as const
export type Token = (typeof tokens)[number]

/** Where a token stands; splitting by it puts the names of tokens at the odd places. */
export const tokenPattern = new RegExp(`@@(${tokens.join('|')})@@`)

const cards = Type.Array(Type.String())
const fragments = Type.Object({ head: Type.String(), cards, foot: Type.String() })

/** head + cards in the reader's order + foot is the whole part. */
export type Fragments = Static<typeof fragments>

const fewerWords = Type.Object({ html: cards, text: cards })

/** A mail as it is kept in JSON. */
export const compiledMail = Type.Object({
  subject: Type.String(),
  /** The cards of html and text stand for the same papers in the same order. */
  html: fragments,
  text: fragments,
  /** The same cards with less in them; absent in letters, and in editions that an earlier release froze. */
  shorter: Type.Optional(Type.Object({ short: fewerWords, titles: fewerWords })),
})

export type CompiledMail = Static<typeof compiledMail>

/** How much of each paper a reader's mail tells. */
export type Detail = ColumnValue<'subscriber', 'detail'>

/** The mail of readers who want that much; the whole where it has no less. */
export function inDetail(mail: CompiledMail, detail: Detail): CompiledMail {
  const cards = detail === 'full' ? undefined : mail.shorter?.[detail]
  if (!cards) return mail
  return {
    subject: mail.subject,
    html: { ...mail.html, cards: cards.html },
    text: { ...mail.text, cards: cards.text },
  }
}
