/** A letter to one reader, compiled in the look of the editions. */
import { type CompiledMail, tokens } from './compiled.js'
import type { Letter } from './letter.js'
import { compileTemplate, withoutTokens } from './mjml.js'
import { oneLine, wrap } from './plain.js'

const labels = {
  UNSUBSCRIBE_URL: 'Unsubscribe',
  PREFERENCES_URL: 'Preferences',
  WEB_URL: 'View in browser',
}

const tokenPattern = new RegExp(`@@(${tokens.join('|')})@@`)

/** Tokens are filled in only where `smallPrint` has them: as a labelled link in HTML, as a URL in text. */
export async function compileLetter(letter: Letter): Promise<CompiledMail> {
  const inert = { ...withoutTokens(letter), smallPrint: letter.smallPrint }
  const html = await compileTemplate('email/letter.mjml.eta', {
    ...inert,
    smallPrint: letter.smallPrint.map(partsOf),
    filler: fillerFor(letter.preheader),
  })
  return { subject: oneLine(letter.subject), html, text: textOf(inert) }
}

type Part = { text: string; href: string | null }

function partsOf(line: string): Part[] {
  return line.split(tokenPattern).map((part, index) => {
    // Splitting by a pattern with one group puts the groups at the odd places.
    if (index % 2 === 0) return { text: withoutTokens(part), href: null }
    return { text: labels[part as keyof typeof labels], href: `@@${part}@@` }
  })
}

function textOf(letter: Letter): CompiledMail['text'] {
  const blocks = [
    letter.publication.toUpperCase(),
    wrap(letter.heading),
    ...letter.paragraphs.map((p) => wrap(p)),
  ]
  if (letter.button) blocks.push(`${letter.button.label}:\n${letter.button.url}`)
  const foot = ['-- ', ...letter.smallPrint.map((line) => wrap(line))].join('\n')
  return { head: `${blocks.join('\n\n')}\n\n`, cards: [], foot: `${foot}\n` }
}

/** How many invisible fillers keep an inbox from showing the mail's first words after the preheader. */
export function fillerFor(preheader: string): number {
  return Math.max(0, 110 - preheader.length)
}
