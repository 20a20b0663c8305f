/** A mail compiled once: fragments with tokens, from which each reader's message is put together. */

/** `@@NAME@@` in a fragment stands for a value of one reader's own. */
const tokens = ['UNSUBSCRIBE_URL', 'PREFERENCES_URL', 'WEB_URL'] as const
export type Token = (typeof tokens)[number]

/** Where a token stands; splitting by it puts the names of tokens at the odd places. */
export const tokenPattern = new RegExp(`@@(${tokens.join('|')})@@`)

/** head + cards in the reader's order + foot is the whole part. */
export type Fragments = { head: string; cards: string[]; foot: string }

export type CompiledMail = {
  subject: string
  /** The cards of html and text stand for the same papers in the same order. */
  html: Fragments
  text: Fragments
}
