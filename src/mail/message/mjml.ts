/** MJML to HTML, and HTML cut into the fragments of a compiled mail. */
import type { Fragments } from './compiled.js'
import { dark, fonts, light, measure } from '../../format/palette.js'
import { renderTemplate } from '../../format/templates.js'

const cardMark = '<!--card-->'
const footMark = '<!--foot-->'

/** So many invisible fillers after a preheader keep an inbox from showing the mail's first words beside it. */
export const filler = 80

/**
 * Fills in a template of `templates/email/`, compiles it and cuts it at `<!--card-->`, one before each card,
 * and `<!--foot-->`. Head, any of the cards in any order and foot are a whole document.
 * @throws Error when the template is not valid MJML or has no marks.
 */
export async function compileTemplate(path: string, data: object): Promise<Fragments> {
  // It takes a quarter of a second to load, which most processes never need.
  const { default: mjml2html } = await import('mjml')
  const source = renderTemplate(path, { ...data, light, dark, fonts, measure })
  const { html } = await mjml2html(source, {
    validationLevel: 'strict',
    keepComments: true,
    fonts: {},
    ignoreIncludes: true,
  })
  return cut(withoutIndents(withLandmark(withPlainPreview(html))))
}

/** MJML hides the preheader in white on white as well, which spam filters count against a mail. */
function withPlainPreview(html: string): string {
  return html.replace(/(display:\s*none;[^"]*?color:\s*)#ffffff/, `$1${light.ink}`)
}

/** MJML calls the mail an article; the one landmark of a document is its main part (WCAG technique ARIA11). */
const withLandmark = (html: string): string => html.replace(' role="article"', ' role="main"')

/** MJML indents deeply; no reader sees that, and mailbox providers clip long mails. */
function withoutIndents(html: string): string {
  return html.replaceAll(/[ \t]*\n\s*/g, '\n').trim()
}

function cut(html: string): Fragments {
  const [body, foot, more] = html.split(footMark)
  if (body === undefined || foot === undefined || more !== undefined) throw new Error('a mail has one foot')
  const [head = '', ...cards] = body.split(cardMark)
  return { head, cards, foot }
}

/**
 * The same data with every `@@` in its texts split by an invisible joiner (U+2060), so that nothing that
 * looks like a token of ours is filled in for a reader.
 */
export function withoutTokens<T>(data: T): T {
  if (typeof data === 'string') return data.replaceAll(/@(?=@)/g, '@\u2060') as T
  if (Array.isArray(data)) return data.map(withoutTokens) as T
  if (data === null || typeof data !== 'object') return data
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, withoutTokens(value)])) as T
}
