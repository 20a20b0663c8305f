/** Edits the words of a paper, and takes edits back; each with its row in the audit log. */
import { inTransaction, type Query } from '../../db/client.js'
import { cleanWords, dropEdits, type EditableField, type PaperWords, writeEdits } from '../../papers/edits.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'
import { type EditorsPaper, readForEditor } from './read.js'

type EditServices = Pick<Services, 'db' | 'clock'>

/**
 * The words stay, whatever the source says later.
 * @param check - is shown the paper before it changes; throws to refuse.
 */
export function editPaper(
  services: EditServices,
  id: string,
  words: PaperWords,
  author: Author,
  check: (paper: EditorsPaper) => void = () => {},
): Promise<EditorsPaper> {
  const cleaned = cleanWords(words)
  const fields = (Object.keys(cleaned) as EditableField[]).filter((field) => cleaned[field] !== undefined)
  return changing(services, id, 'paper.edited', fields, author, async (query, paper) => {
    check(paper)
    await writeEdits(query, id, cleaned, services.clock.now())
  })
}

/** Lets the source's words stand again, in these fields or in all. */
export function revertPaper(
  services: EditServices,
  id: string,
  fields: readonly EditableField[],
  author: Author,
): Promise<EditorsPaper> {
  return changing(services, id, 'paper.reverted', fields, author, (query) =>
    dropEdits(query, id, fields, services.clock.now()),
  )
}

function changing(
  { db, clock }: EditServices,
  id: string,
  action: string,
  fields: readonly EditableField[],
  author: Author,
  work: (query: Query, paper: EditorsPaper) => Promise<void>,
): Promise<EditorsPaper> {
  return inTransaction(db, async (query, tx) => {
    await query('SELECT 1 FROM paper WHERE id = $1 FOR UPDATE', [id])
    const paper = await readForEditor(query, id)
    await work(query, paper)
    const changed = await readForEditor(query, id)
    const words = (of: EditorsPaper) => Object.fromEntries(fields.map((field) => [field, of[field]]))
    const change = { action, target: `paper:${id}`, before: words(paper), after: words(changed) }
    await writeAudit(tx, clock, author, change)
    return changed
  })
}
