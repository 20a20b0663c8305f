/** A letter to one reader, compiled in the look of the editions. */
import { type CompiledMail, type Fragments, tokenPattern } from './compiled.js'
import type { Letter } from './letter.js'
import { compileTemplate, filler, withoutTokens } from './mjml.js'
import { wrap } from '../../format/plain.js'
import { escapeHtml } from '../../format/text/escape-html.js'
import { oneLine } from '../../format/text/one-line.js'

const labels: Partial<Record<string, string>> = {
  UNSUBSCRIBE_URL: 'Unsubscribe',
  PREFERENCES_URL: 'Preferences',
  WEB_URL: 'View in browser',
  MINE_URL: 'Reading list',
}

/** Tokens are filled in only where `smallPrint` has them: as a labelled link in HTML, as a URL in text. */
export async function compileLetter(letter: Letter): Promise<CompiledMail> {
  const inert = { ...withoutTokens(letter), smallPrint: letter.smallPrint }
  return { subject: oneLine(letter.subject), html: await htmlOf(inert), text: textOf(inert) }
}

/** Letters of one shape: MJML takes 15 ms, and a thousand sign-ups want their letters at once. */
const shapes = new Map<string, Promise<Fragments>>()

/** Compiles the shape with a slot for each text, once, and puts the escaped texts into the slots. */
async function htmlOf(letter: Letter): Promise<Fragments> {
  const texts: string[] = []
  const slot = (text: string) => `@@SLOT_${texts.push(escapeHtml(text)) - 1}@@`
  const shape = {
    subject: slot(letter.subject),
    preheader: slot(letter.preheader),
    publication: slot(letter.publication),
    heading: slot(letter.heading),
    paragraphs: letter.paragraphs.map(slot),
    button: letter.button && { label: slot(letter.button.label), url: slot(letter.button.url) },
    smallPrint: letter.smallPrint.map((line) =>
      partsOf(line).map(({ text, href }) => ({ text: slot(text), href })),
    ),
  }
  const key = JSON.stringify(shape)
  const compiled = shapes.get(key) ?? compileTemplate('email/letter.mjml.eta', { ...shape, filler })
  shapes.set(key, compiled)
  compiled.catch(() => shapes.delete(key))
  const fill = (part: string) => part.replaceAll(/@@SLOT_(\d+)@@/g, (_slot, at) => texts[Number(at)] ?? '')
  const { head, cards, foot } = await compiled
  return { head: fill(head), cards: cards.map(fill), foot: fill(foot) }
}

type Part = { text: string; href: string | null }

function partsOf(line: string): Part[] {
  return line.split(tokenPattern).map((part, index) => {
    // Splitting by a pattern with one group puts the groups at the odd places.
    if (index % 2 === 0) return { text: withoutTokens(part), href: null }
    return { text: labels[part] ?? '', href: `@@${part}@@` }
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
