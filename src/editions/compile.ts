/** An edition compiled once into the fragments of its mail. */
import { fillerFor } from '../mail/compile-letter.js'
import type { CompiledMail } from '../mail/compiled.js'
import { compileTemplate, withoutTokens } from '../mail/mjml.js'
import { textFragments } from './compile-text.js'
import { type EditionToCompile, viewOf } from './view.js'

/** HTML and text with the same cards in the same order; tokens stand only where a reader's own links go. */
export async function compileEdition(edition: EditionToCompile): Promise<CompiledMail> {
  const view = withoutTokens(viewOf(edition))
  const html = await compileTemplate('email/edition.mjml.eta', { ...view, filler: fillerFor(view.preheader) })
  return { subject: view.subject, html, text: textFragments(view) }
}
