/** Editors' words in place of a source's: they stay, whatever the source says later, until they are taken back. */
import type { Query } from '../db/client.js'
import { cleanText, httpsUrl } from './text.js'
import { Problem } from '../errors.js'

/** What an editor may write; absent fields stay as they are, null empties one. */
export type PaperWords = {
  title?: string
  abstract?: string
  summary?: string | null
  authors?: string[]
  codeUrl?: string | null
  projectUrl?: string | null
}

export type EditableField = keyof PaperWords

export const editableFields = ['title', 'abstract', 'summary', 'authors', 'codeUrl', 'projectUrl'] as const

const columnsOf: Record<EditableField, string[]> = {
  title: ['title'],
  abstract: ['abstract'],
  summary: ['summary'],
  authors: ['authors', 'author_count'],
  codeUrl: ['code_url'],
  projectUrl: ['project_url'],
}

/** Puts these words in place of the source's; the trigger `paper_edits_stay` does the rest. */
export async function writeEdits(query: Query, id: string, words: PaperWords, at: Date): Promise<void> {
  const columns: Record<string, unknown> = {}
  for (const field of editableFields) {
    const value = words[field]
    if (value === undefined) continue
    for (const column of columnsOf[field]) columns[column] = value
    if (Array.isArray(value)) columns['author_count'] = value.length
  }
  await query('UPDATE paper SET edits = edits || $2::jsonb, updated_at = $3 WHERE id = $1', [
    id,
    JSON.stringify(columns),
    at,
  ])
}

/** Lets the source's words stand again, as it told them last. */
export async function dropEdits(
  query: Query,
  id: string,
  fields: readonly EditableField[],
  at: Date,
): Promise<void> {
  const columns = fields.flatMap((field) => columnsOf[field])
  await query('UPDATE paper SET edits = edits - $2::text[], updated_at = $3 WHERE id = $1', [id, columns, at])
}

/** The fields in which an editor's words stand. */
export async function editedFields(query: Query, id: string): Promise<EditableField[]> {
  const rows = await query<{ name: string }>(
    'SELECT jsonb_object_keys(edits) AS name FROM paper WHERE id = $1',
    [id],
  )
  const names = new Set(rows.map(({ name }) => name))
  return editableFields.filter((field) => columnsOf[field].some((column) => names.has(column)))
}

/**
 * Cleans an editor's words as those of a source are cleaned.
 * @throws Problem `unprocessable` for a title without letters and a URL that is not https.
 */
export function cleanWords<W extends PaperWords>(words: W): W {
  const cleaned = { ...words }
  for (const name of ['codeUrl', 'projectUrl'] as const) {
    const url = words[name]
    if (url && !httpsUrl(url)) throw new Problem('unprocessable', `${name} must be an https URL.`)
  }
  if (words.title !== undefined) {
    const title = cleanText(words.title, 500)
    if (!title) throw new Problem('unprocessable', 'A paper needs a title.')
    cleaned.title = title
  }
  if (words.abstract !== undefined) cleaned.abstract = cleanText(words.abstract, 10_000) ?? ''
  return cleaned
}
