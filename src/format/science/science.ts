/** Titles and abstracts as their authors typed them, with formulas and a little TeX, made into HTML or plain text. */
import { formulaHtml } from './formula.js'
import { formulaPlain, raisePowers } from './formula-plain.js'
import { escapeHtml } from '../text/escape-html.js'

/**
 * A formula between dollars begins and ends at something other than a blank and is not followed by a digit,
 * so that prices stay prices (the rule of Pandoc).
 */
const formula =
  /\$\$(?<block>[^$]{1,600})\$\$|\\\[(?<bracket>.{1,600}?)\\\]|\\\((?<paren>.{1,600}?)\\\)|(?<![\\$\p{L}\d])\$(?=[^\s$])(?<dollar>(?:\\.|[^$\\]){1,600}?)(?<=\S)\$(?![\d$])/gu

/** More formulas than any abstract has: the rest stays as it was typed. */
const mostFormulas = 80
/** Milliseconds after which no more formulas of a text are drawn. */
const mostTime = 300

/** Bytes of HTML that the formulas of a text may come to: long ones have many, short ones few. */
const mostBytes = (text: string) => Math.min(24_000, 4000 + 12 * text.length)

type Part = { kind: 'text' | 'formula'; source: string }

/**
 * Safe HTML of one line: everything is escaped, formulas are MathML, broken ones and those over the budget of the
 * text stay as they were typed. It may take half a second: not for the event loop of a process that answers.
 */
export function scienceHtml(text: string): string {
  const until = performance.now() + mostTime
  let room = mostBytes(text)
  const draw = (tex: string) => {
    const html = performance.now() < until ? formulaHtml(tex) : null
    const size = html === null ? 0 : Buffer.byteLength(html)
    if (html === null || size > room) return typedFormula(tex)
    room -= size
    return html
  }
  return put(text, draw)
}

/** The same with all formulas as they were typed, in a time that grows with the text alone. */
export function proseHtml(text: string): string {
  return put(text, typedFormula)
}

/** False for text in which nothing is to be set: it only has to be escaped. */
export function hasTex(text: string): boolean {
  return /[\\$`~^{]|--/.test(text)
}

function put(text: string, draw: (tex: string) => string): string {
  return partsOf(text)
    .map((part) => (part.kind === 'text' ? prose(part.source) : draw(part.source)))
    .join('')
}

/** Plain text for mails, titles of documents, feeds and descriptions: formulas as far as a line can say them. */
export function sciencePlain(text: string): string {
  return partsOf(text)
    .map((part) => (part.kind === 'text' ? typeset(part.source, plainMarks) : formulaPlain(part.source)))
    .join('')
}

function typedFormula(tex: string): string {
  return `<code class="tex">${escapeHtml(tex)}</code>`
}

function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of text.matchAll(formula)) {
    if (parts.length > mostFormulas * 2) break
    parts.push(textPart(text.slice(end, match.index)), formulaPart(match))
    end = match.index + match[0].length
  }
  return [...parts, textPart(text.slice(end))]
}

const textPart = (source: string): Part => ({ kind: 'text', source })

function formulaPart(match: RegExpExecArray): Part {
  const { block, bracket, paren, dollar } = match.groups ?? {}
  return { kind: 'formula', source: (block ?? bracket ?? paren ?? dollar ?? '').trim() }
}

type Mark = (tag: string, inner: string) => string
const htmlMarks: Mark = (tag, inner) => `<${tag}>${inner}</${tag}>`
const plainMarks: Mark = (_tag, inner) => inner

function prose(source: string): string {
  return typeset(escapeHtml(source), htmlMarks)
}

const styles: Record<string, string> = {
  emph: 'em',
  textit: 'em',
  textsl: 'em',
  textbf: 'strong',
  texttt: 'code',
}

const symbols: Record<string, string> = { times: '×', pm: '±', sim: '~', alpha: 'α', beta: 'β', lambda: 'λ' }

/** The little TeX that abstracts use outside formulas. The text is escaped already where that is needed. */
function typeset(text: string, mark: Mark): string {
  return raisePowers(text)
    .replaceAll(/(?<=\S)\{([=<>+-])\}/g, '$1')
    .replaceAll(
      /\\(emph|text(?:it|sl|bf|sc|tt)?|mbox|url)\{([^{}]{0,400})\}/g,
      (_all, name: string, inner: string) => {
        const tag = styles[name]
        return tag ? mark(tag, inner) : inner
      },
    )
    .replaceAll(
      /\\(times|pm|sim|alpha|beta|lambda)(?![a-zA-Z])\s?/g,
      (_all, name: string) => symbols[name] ?? '',
    )
    .replaceAll(/\\nobreakdash\s?/g, '')
    .replaceAll(/\\([%_#$]|&amp;|&)/g, '$1')
    .replaceAll(/(?<=\S)~(?=\\|\[)/g, '\u00A0')
    .replaceAll(/``([^`']{1,300})(?:''|&#39;&#39;)/g, '“$1”')
    .replaceAll(/(?<=\w|\s)---(?=\w|\s)/g, '—')
    .replaceAll(/(?<=\w|\s)--(?=\w|\s)/g, '–')
}
