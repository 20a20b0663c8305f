/** Reads arXiv's Atom feed; values stay strings, so that the id 2608.10000 is not a number. */
import { XMLParser } from 'fast-xml-parser'
import { type Static, Type } from 'typebox'
import { messageOf } from '../../../errors.js'
import { arxivId } from '../../arxiv-id.js'
import { SourceError } from '../../source.js'
import { cleanText, httpsUrl, instant } from '../../text.js'

/** What arXiv knows of a paper; the newest version when none was asked for. */
export type ArxivEntry = Static<typeof arxivEntrySchema>

const textOrNull = Type.Union([Type.String(), Type.Null()])

export const arxivEntrySchema = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  title: Type.String(),
  abstract: Type.String(),
  authors: Type.Array(Type.String()),
  /** RFC 3339: of the first version. */
  publishedAt: textOrNull,
  /** The primary one first, such as cs.LG. */
  categories: Type.Array(Type.String()),
  withdrawn: Type.Boolean(),
  /** Found in the authors' comment, such as a repository. */
  codeUrl: textOrNull,
})

const lists = new Set(['entry', 'author', 'category'])
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: true,
  htmlEntities: true,
  isArray: (name) => lists.has(name),
})

type Node = Record<string, unknown>

/** @throws SourceError when it is no Atom feed, or one that holds an error. */
export function readArxivFeed(xml: string): ArxivEntry[] {
  // arXiv sends no document type; one that comes could define entities that blow up.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw new SourceError('not-a-list', 'a document type in a feed')
  const feed = nodeOf(parse(xml)['feed'])
  if (!('title' in feed) && !('entry' in feed)) throw new SourceError('not-a-list', 'no Atom feed')
  const entries = listOf(feed['entry']).map(nodeOf)
  const error = entries.find(isError)
  if (error) {
    const said = cleanText(textOf(error['summary']), 200) ?? 'no reason given'
    throw new SourceError('refused', `arXiv answered with an error: ${said}`)
  }
  return entries.map(readEntry).filter((entry) => entry !== null)
}

function parse(xml: string): Node {
  try {
    return nodeOf(parser.parse(xml))
  } catch (error) {
    throw new SourceError('not-a-list', `broken XML: ${messageOf(error).slice(0, 100)}`, { cause: error })
  }
}

/** arXiv reports errors as an entry of an ordinary feed with status 200. */
function isError(entry: Node): boolean {
  return textOf(entry['title']).trim() === 'Error' && textOf(entry['id']).includes('/api/errors')
}

function readEntry(entry: Node): ArxivEntry | null {
  const url = textOf(entry['id']).trim()
  const id = arxivId(url)
  const title = cleanText(textOf(entry['title']), 500)
  if (!id || !title) return null
  const abstract = cleanText(textOf(entry['summary']), 10_000) ?? ''
  const comment = cleanText(textOf(entry['comment']), 1000) ?? ''
  return {
    id,
    version: Math.max(1, Number(/v(\d{1,3})$/.exec(url)?.[1] ?? 1)),
    title,
    abstract,
    authors: authorsOf(entry),
    publishedAt: instant(textOf(entry['published']))?.toISOString() ?? null,
    categories: categoriesOf(entry),
    withdrawn: [abstract, comment].some((text) =>
      /\b(?:paper|article|submission|manuscript) (?:has been|is|was) withdrawn\b|^withdrawn\b/i.test(text),
    ),
    codeUrl: httpsUrl(/https:\/\/(?:github|gitlab)\.com\/[\w.-]+\/[\w.-]+[\w-]/.exec(comment)?.[0]),
  }
}

function authorsOf(entry: Node): string[] {
  const names = listOf(entry['author']).map((author) => cleanText(textOf(nodeOf(author)['name']), 200))
  return [...new Set(names.filter((name) => name !== null))].slice(0, 5000)
}

function categoriesOf(entry: Node): string[] {
  const nodes = [entry['primary_category'], ...listOf(entry['category'])]
  const terms = nodes.map((node) => cleanText(nodeOf(node)['@term'], 50))
  return [...new Set(terms.filter((term) => term !== null))].slice(0, 20)
}

function nodeOf(value: unknown): Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {}
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** The text of an element, with or without attributes. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const text = nodeOf(value)['#text']
  return typeof text === 'string' ? text : ''
}
