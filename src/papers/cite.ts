/** A paper as a reference for BibTeX and for RIS, which reference managers read. */
import { utcDay } from '../clock.js'
import { paperLinks } from './arxiv-id.js'
import type { Paper } from './paper.js'
import { sciencePlain } from '../format/science/science.js'
import { oneLine } from '../format/text/one-line.js'

/** One `@misc` entry, as arXiv itself gives it out. Titles keep their formulas. */
export function bibtex(paper: Paper, pageUrl: string): string {
  const links = paperLinks(paper.id)
  const fields = [
    ['title', escapeTex(paper.title)],
    ['author', paper.authors.map(bibtexName).join(' and ')],
    ['year', paper.publishedAt ? utcDay(paper.publishedAt).slice(0, 4) : ''],
    ['eprint', links ? paper.id : ''],
    ['archivePrefix', links ? 'arXiv' : ''],
    ['url', links?.abs ?? pageUrl],
  ].filter(([, value]) => value !== '')
  const lines = fields.map(([name, value]) => `  ${name} = {${value}}`)
  return `@misc{${citeKey(paper)},\n${lines.join(',\n')}\n}\n`
}

/** RIS, with line ends as its specification has them. */
export function ris(paper: Paper, pageUrl: string): string {
  const links = paperLinks(paper.id)
  const day = paper.publishedAt ? utcDay(paper.publishedAt) : ''
  const lines = [
    ['TY', 'GEN'],
    ['TI', sciencePlain(paper.title)],
    ...paper.authors.map((author) => ['AU', author]),
    ['PY', day.slice(0, 4)],
    ['DA', day.replaceAll('-', '/')],
    ['AB', sciencePlain(paper.abstract)],
    ['DO', links ? `10.48550/arXiv.${paper.id}` : ''],
    ['UR', links?.abs ?? pageUrl],
    ['ER', ''],
  ].filter(([tag, value]) => tag === 'ER' || value !== '')
  return lines.map(([tag, value]) => `${tag}  - ${oneLine(value ?? '')}\r\n`).join('')
}

/** `wang2026agentopsd`: family name of the first author, year, first word of the title. */
function citeKey(paper: Paper): string {
  const family = paper.authors[0]?.split(' ').at(-1) ?? ''
  const year = paper.publishedAt ? utcDay(paper.publishedAt).slice(0, 4) : ''
  const word = /\p{L}{3,}/u.exec(paper.title)?.[0] ?? ''
  const key = plainLetters(family) + year + plainLetters(word)
  return key || `paper-${paper.id.replaceAll(/[^\w.-]/g, '-')}`
}

function plainLetters(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
}

/** A name with a comma or an `and` in it is one name, not several. */
function bibtexName(name: string): string {
  const escaped = escapeTex(name)
  return /,|\band\b/i.test(escaped) ? `{${escaped}}` : escaped
}

function escapeTex(text: string): string {
  const parts = oneLine(text).split(/(\$[^$]*\$)/)
  const escaped = parts.map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/(?<!\\)([&%#_])/g, '\\$1')))
  return balanced(escaped.join(''))
}

/** One brace too many would swallow the entries that follow. */
function balanced(text: string): string {
  let depth = 0
  for (const character of text) {
    if (character === '{') depth += 1
    if (character === '}') depth -= 1
    if (depth < 0) break
  }
  return depth === 0 ? text : text.replaceAll(/[{}]/g, '')
}
