/** An archive of its own for a trial of the search: temporary tables hide the real ones until the transaction ends. */
import { Type } from 'typebox'
import { json } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'
import type { Tx } from '../../../db/open-transaction.js'
import type { Text } from '../../personal/vectors.js'

const hidePapers = statement({
  text: 'CREATE TEMPORARY TABLE paper (LIKE paper INCLUDING DEFAULTS INCLUDING STORAGE) ON COMMIT DROP',
  parameters: [],
  columns: {},
})
const hideListings = statement({
  text: 'CREATE TEMPORARY TABLE listing (LIKE listing INCLUDING DEFAULTS) ON COMMIT DROP',
  parameters: [],
  columns: {},
})
const hideWords = statement({
  text: 'CREATE TEMPORARY TABLE search_word (LIKE search_word INCLUDING INDEXES) ON COMMIT DROP',
  parameters: [],
  columns: {},
})

const addPapers = statement({
  text: `INSERT INTO paper (id, title, abstract, search, title_search)
         SELECT id, title, abstract, search_vector(title, abstract, '{}', NULL, '{}'),
           to_tsvector('english', search_fold(title))
         FROM jsonb_to_recordset($1::jsonb) AS f (id text, title text, abstract text)`,
  parameters: [
    json(Type.Array(Type.Object({ id: Type.String(), title: Type.String(), abstract: Type.String() }))),
  ],
  columns: {},
})

const addWords = statement({
  text: `INSERT INTO search_word SELECT DISTINCT word FROM paper, search_words(title, '{}', '{}') AS word`,
  parameters: [],
  columns: {},
})

const indexIds = statement({ text: 'CREATE UNIQUE INDEX ON paper (id)', parameters: [], columns: {} })
const indexSearch = statement({
  text: 'CREATE INDEX ON paper USING gin (search)',
  parameters: [],
  columns: {},
})
const indexTitles = statement({
  text: 'CREATE INDEX ON paper USING gin (title_search)',
  parameters: [],
  columns: {},
})
const count = statement({ text: 'ANALYZE paper', parameters: [], columns: {} })

const together = 500

/** From here to its end the transaction sees these papers alone, with the indexes that the real tables have. */
export async function openScratchArchive(
  tx: Tx,
  papers: readonly Text[],
  progress: (done: number) => void,
): Promise<void> {
  for (const hide of [hidePapers, hideListings, hideWords]) await tx.run(hide, [])
  for (let from = 0; from < papers.length; from += together) {
    await tx.run(addPapers, [papers.slice(from, from + together)])
    progress(Math.min(papers.length, from + together))
  }
  for (const prepare of [addWords, indexIds, indexSearch, indexTitles, count]) await tx.run(prepare, [])
}
