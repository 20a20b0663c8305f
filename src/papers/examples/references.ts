/** References in what a reader pastes or exports: BibTeX, RIS, Zotero's CSV, or ids and links, one a line. */
import { parse } from 'csv-parse/sync'
import { oneLine } from '../../format/text/one-line.js'
import { arxivId } from '../arxiv-id.js'
import { bibtexEntries } from './bibtex.js'

/** What is known of a paper that somebody names. */
export type Reference = { id: string | null; title: string; abstract: string }

/** What is looked at: characters of the whole, references, and columns of a table. */
export const bounds = { characters: 2_000_000, references: 600, columns: 200 }

const longest = { title: 500, abstract: 5_000 }

/** Never throws: what cannot be read is left out. `whole` is false where there was more than {@link bounds}. */
export function referencesIn(text: string): { references: Reference[]; whole: boolean } {
  const given = text.slice(0, bounds.characters).replace(/^\uFEFF/, '')
  const read = readerFor(given)(given)
  return {
    references: read.slice(0, bounds.references).map(cut),
    whole: given.length === text.length && read.length <= bounds.references,
  }
}

function readerFor(text: string): (text: string) => Reference[] {
  if (/^[ \t]{0,80}@\w{1,20}\s{0,20}[{(]/m.test(text)) return fromBibtex
  if (/^TY {2}-/m.test(text)) return fromRis
  if (/^"?Key"?,"?Item Type"?,/i.test(text)) return fromCsv
  return fromLines
}

const cut = ({ id, title, abstract }: Reference): Reference => ({
  id,
  title: oneLine(title).trim().slice(0, longest.title),
  abstract: oneLine(abstract).trim().slice(0, longest.abstract),
})

function fromBibtex(text: string): Reference[] {
  return bibtexEntries(text, bounds.references + 1).map((fields) => ({
    id: idIn(
      fields.get('eprint'),
      fields.get('doi'),
      fields.get('url'),
      fields.get('journal'),
      fields.get('note'),
    ),
    title: fields.get('title') ?? '',
    abstract: fields.get('abstract') ?? '',
  }))
}

function fromRis(text: string): Reference[] {
  const references: Reference[] = []
  let fields = new Map<string, string>()
  for (const line of text.split(/\r\n?|\n/)) {
    const [, tag = '', value = ''] = /^([A-Z][A-Z0-9]) {2}- ?(.*)$/.exec(line) ?? []
    if (tag === 'TY') fields = new Map()
    if (tag !== '' && tag !== 'ER' && !fields.has(tag)) fields.set(tag, value)
    if (tag !== 'ER') continue
    references.push({
      id: idIn(fields.get('UR'), fields.get('DO'), fields.get('L1'), fields.get('M1'), fields.get('AN')),
      title: fields.get('TI') ?? fields.get('T1') ?? '',
      abstract: fields.get('AB') ?? fields.get('N2') ?? '',
    })
    if (references.length > bounds.references) break
  }
  return references
}

function fromCsv(text: string): Reference[] {
  const rows = parse<Record<string, string | undefined>>(text, {
    columns: (names: string[]) => names.slice(0, bounds.columns).map((name) => name.toLowerCase()),
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    max_record_size: 200_000,
    to: bounds.references + 1,
  })
  return rows.map((row) => ({
    id: idIn(row['url'], row['doi'], row['archive location'], row['extra'], row['call number']),
    title: row['title'] ?? '',
    abstract: row['abstract note'] ?? '',
  }))
}

/** A line is an id, a link, or a title. No more are read than count. */
function fromLines(text: string): Reference[] {
  const references: Reference[] = []
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    if (references.length > bounds.references) break
    if (line.trim() === '') continue
    const ids = line.split(/[\s,;]+/).map((word) => arxivId(word))
    const known = ids.filter((id) => id !== null)
    if (known.length > 0) references.push(...known.map((id) => ({ id, title: '', abstract: '' })))
    else references.push({ id: null, title: line.trim(), abstract: '' })
  }
  return references
}

/** The first arXiv id that stands in any of these, by itself or in a link or note. */
function idIn(...texts: (string | undefined)[]): string | null {
  for (const text of texts) {
    if (!text) continue
    const whole = arxivId(text)
    if (whole) return whole
    for (const word of text.slice(0, 500).split(/[\s,;()[\]{}]+/)) {
      if (!/arxiv|^\d{4}\.\d{4,5}/i.test(word)) continue
      const id = arxivId(word)
      if (id) return id
    }
  }
  return null
}
