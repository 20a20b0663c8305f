/** The welcome: the newest edition with a word of welcome before its first paper. */
import type { Queries } from '../../db/client.js'
import { compileLetter } from '../../mail/message/compile-letter.js'
import type { CompiledMail } from '../../mail/message/compiled.js'
import type { Letter } from '../../mail/message/letter.js'
import { withoutTokens } from '../../mail/message/mjml.js'
import { dark, fonts, light } from '../../format/palette.js'
import { wrap } from '../../format/plain.js'
import { renderTemplate } from '../../format/templates.js'
import { latestEdition, readCompiled } from '../store.js'
import { oneLine } from '../../format/text/one-line.js'

export type Welcome = {
  mail: CompiledMail
  /** Of the edition that is in it; null before the first one. */
  period: string | null
}

/** The letter together with the newest daily edition, so that the first mail is worth having. */
export async function welcomeMail(db: Queries, letter: Letter): Promise<Welcome> {
  const edition = await latestEdition(db, 'daily')
  const compiled = edition && (await readCompiled(db, edition.id))
  if (!edition || !compiled) return { mail: await compileLetter(letter), period: null }
  return { mail: welcomeWith(compiled, letter), period: edition.period }
}

/** The edition's own bytes stay as they are; the word of welcome is one more card, before the others. */
function welcomeWith(edition: CompiledMail, letter: Letter): CompiledMail {
  const newest = 'The newest edition is below, so that you have something to read at once.'
  const words = withoutTokens({ ...letter, paragraphs: [...letter.paragraphs, newest] })
  const html = renderTemplate('email/welcome-card.eta', { ...words, light, dark, fonts })
  const button = words.button ? [`${words.button.label}:\n${words.button.url}`] : []
  const text = [...[words.heading, ...words.paragraphs].map((paragraph) => wrap(paragraph)), ...button].join(
    '\n\n',
  )
  return {
    subject: oneLine(letter.subject),
    html: { ...edition.html, cards: [html, ...edition.html.cards] },
    text: { ...edition.text, cards: [`${text}\n\n\n`, ...edition.text.cards] },
  }
}
