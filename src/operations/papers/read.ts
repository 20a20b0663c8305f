/** A paper as an editor sees it: with the fields in which an editor's words stand. */
import type { Queries } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { type EditableField, editedFields } from '../../papers/edits.js'
import { type KeptPaper, readPaper } from '../../papers/reads.js'

export type EditorsPaper = Omit<KeptPaper, 'html'> & { edited: EditableField[] }

/** @throws Problem `not-found`. */
export async function readForEditor(db: Queries, id: string): Promise<EditorsPaper> {
  const paper = await readPaper(db, id)
  if (!paper) throw new Problem('not-found', `No paper ${id} is kept.`)
  const { html: _shownElsewhere, ...words } = paper
  return { ...words, edited: await editedFields(db, id) }
}
