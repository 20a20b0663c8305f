/** An edition compiled once into the fragments of its mail. */
import type { CompiledMail, Detail } from '../../mail/message/compiled.js'
import { compileTemplate, filler, withoutTokens } from '../../mail/message/mjml.js'
import { textFragments } from './compile-text.js'
import { type EditionToCompile, viewOf } from './view.js'

/** HTML and text with the same cards in the same order; tokens stand only where a reader's own links go. */
export async function compileEdition(edition: EditionToCompile): Promise<CompiledMail> {
  const [full, short, titles] = await Promise.all([
    compileIn('full', edition),
    compileIn('short', edition),
    compileIn('titles', edition),
  ])
  return { ...full, shorter: { short: cardsOf(short), titles: cardsOf(titles) } }
}

async function compileIn(detail: Detail, edition: EditionToCompile): Promise<CompiledMail> {
  const view = withoutTokens(viewOf(edition, detail))
  const html = await compileTemplate('email/edition.mjml.eta', { ...view, filler })
  return { subject: view.subject, html, text: textFragments(view) }
}

const cardsOf = ({ html, text }: CompiledMail) => ({ html: html.cards, text: text.cards })
