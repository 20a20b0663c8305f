/** Edits the words of a paper, and takes edits back; each with its row in the audit log. */
import type { Tx } from '../../db/client.js'
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
  return changing(services, id, 'paper.edited', fields, author, async (tx, paper) => {
    check(paper)
    await writeEdits(tx, id, cleaned, services.clock.now())
  })
}

/** Lets the source's words stand again, in these fields or in all. */
export function revertPaper(
  services: EditServices,
  id: string,
  fields: readonly EditableField[],
  author: Author,
): Promise<EditorsPaper> {
  return changing(services, id, 'paper.reverted', fields, author, (tx) =>
    dropEdits(tx, id, fields, services.clock.now()),
  )
}

function changing(
  { db, clock }: EditServices,
  id: string,
  action: string,
  fields: readonly EditableField[],
  author: Author,
  work: (tx: Tx, paper: EditorsPaper) => Promise<void>,
): Promise<EditorsPaper> {
  return db.transaction('request', async (tx) => {
    await tx.tables.selectFrom('paper').select('id').where('id', '=', id).forUpdate().execute()
    const paper = await readForEditor(tx, id)
    await work(tx, paper)
    const changed = await readForEditor(tx, id)
    const words = (of: EditorsPaper) => Object.fromEntries(fields.map((field) => [field, of[field]]))
    const change = { action, target: `paper:${id}`, before: words(paper), after: words(changed) }
    await writeAudit(tx, clock, author, change)
    return changed
  })
}
