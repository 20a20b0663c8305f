/** A paper as an editor sees it: with the fields in which an editor's words stand. */
import type { Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { type EditableField, editedFields } from '../../papers/edits.js'
import { type KeptPaper, readPaper } from '../../papers/reads.js'

export type EditorsPaper = KeptPaper & { edited: EditableField[] }

/** @throws Problem `not-found`. */
export async function readForEditor(query: Query, id: string): Promise<EditorsPaper> {
  const paper = await readPaper(query, id)
  if (!paper) throw new Problem('not-found', `No paper ${id} is kept.`)
  return { ...paper, edited: await editedFields(query, id) }
}
