/** Editors' words in place of a source's: they stay, whatever the source says later, until they are taken back. */
import { Type } from 'typebox'
import type { Queries, Tx } from '../db/client.js'
import { json, text, texts, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
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

const addEdits = statement({
  text: 'UPDATE paper SET edits = edits || $2, updated_at = $3 WHERE id = $1',
  parameters: [text, json(Type.Record(Type.String(), Type.Unknown())), timestamptz],
  columns: {},
})
const removeEdits = statement({
  text: 'UPDATE paper SET edits = edits - $2::text[], updated_at = $3 WHERE id = $1',
  parameters: [text, texts, timestamptz],
  columns: {},
})
const editedColumns = statement({
  text: 'SELECT jsonb_object_keys(edits) AS name FROM paper WHERE id = $1',
  parameters: [text],
  columns: { name: text },
})

/** Puts these words in place of the source's; the trigger `paper_edits_stay` does the rest. */
export async function writeEdits(tx: Tx, id: string, words: PaperWords, at: Date): Promise<void> {
  const columns: Record<string, unknown> = {}
  for (const field of editableFields) {
    const value = words[field]
    if (value === undefined) continue
    for (const column of columnsOf[field]) columns[column] = value
    if (Array.isArray(value)) columns['author_count'] = value.length
  }
  await tx.run(addEdits, [id, columns, at])
}

/** Lets the source's words stand again, as it told them last. */
export async function dropEdits(
  tx: Tx,
  id: string,
  fields: readonly EditableField[],
  at: Date,
): Promise<void> {
  const columns = fields.flatMap((field) => columnsOf[field])
  await tx.run(removeEdits, [id, columns, at])
}

/** The fields in which an editor's words stand. */
export async function editedFields(db: Queries, id: string): Promise<EditableField[]> {
  const rows = await db.run(editedColumns, [id])
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
