/** Which of the papers that somebody names are ours: by their ids, or by their titles. */
import type { Queries } from '../../db/client.js'
import { text, texts } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { oneLine } from '../../format/text/one-line.js'
import { localId } from '../arxiv-id.js'
import type { Reference } from './references.js'

type FoundExample = {
  /** The paper's id, or one that the same title always gives. */
  key: string
  label: string
  /** Title and abstract of a paper that is none of ours; null for ours. */
  words: string | null
}

export type FoundExamples = {
  examples: FoundExample[]
  /** How many of them are among our papers. */
  ours: number
  /** How many references had neither a paper of ours nor a title to go by. */
  unknown: number
}

const byId = statement({
  text: 'SELECT id, title FROM paper WHERE id = ANY ($1)',
  parameters: [texts],
  columns: { id: text, title: text },
})

const byTitle = statement({
  text: `SELECT DISTINCT ON (g.title) p.id, p.title, g.title AS given FROM unnest($1::text[]) AS g(title)
    JOIN paper p ON p.title_search @@ phraseto_tsquery('english', search_fold(g.title)) ORDER BY g.title, length(p.title), p.id`,
  parameters: [texts],
  columns: { id: text, title: text, given: text },
})

/** A title of fewer words fits too many papers. */
const fewestWords = 3

export async function knownExamples(db: Queries, references: readonly Reference[]): Promise<FoundExamples> {
  const ids = references.flatMap(({ id }) => id ?? [])
  const kept = new Map((await db.run(byId, [ids])).map(({ id, title }) => [id, title]))
  const titles = references
    .filter(({ id, title }) => !(id && kept.has(id)) && title.split(' ').length >= fewestWords)
    .map(({ title }) => title)
  const titled = new Map((await db.run(byTitle, [titles])).map((row) => [row.given, row]))
  const examples: FoundExample[] = []
  let [ours, unknown] = [0, 0]
  for (const { id, title, abstract } of references) {
    const same = titled.get(title)
    const paper =
      id && kept.has(id)
        ? { id, title: kept.get(id) ?? '' }
        : same && plainTitle(same.title) === plainTitle(title)
          ? same
          : null
    if (paper) {
      ours += 1
      examples.push({ key: paper.id, label: labelOf(paper.title), words: null })
    } else if (title !== '') {
      examples.push({ key: id ?? localId(title), label: labelOf(title), words: `${title}\n${abstract}` })
    } else unknown += 1
  }
  return { examples, ours, unknown }
}

const plainTitle = (title: string) => localId(title)

const labelOf = (title: string) => oneLine(title).slice(0, 200)
