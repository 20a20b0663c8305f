/** Which editions had a paper. */
import type { Day } from '../clock.js'
import type { Queries } from '../db/client.js'
import { columnValues } from '../db/queries/columns.js'
import { quoted } from '../db/queries/quoted.js'
import { count, day, int, nullable, oneOf, smallint, text } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { type EditionKind, publicStatuses, shownStatus } from './edition.js'

export type EditionOfPaper = {
  kind: EditionKind
  period: string
  day: Day
  number: number | null
  rank: number
  /** How many papers the edition has. */
  among: number
}

const editionsWithPaper = statement({
  text: `SELECT e.kind, e.period, e.day, e.number, ep.rank,
      (SELECT count(*) FROM edition_paper other WHERE other.edition_id = e.id) AS among
    FROM edition_paper ep JOIN edition e ON e.id = ep.edition_id
    WHERE ep.paper_id = $1 AND ${shownStatus} IN (${quoted(publicStatuses)}) ORDER BY e.day DESC, e.id DESC`,
  parameters: [text],
  columns: {
    kind: oneOf(columnValues.edition.kind),
    period: text,
    day,
    number: nullable(int),
    rank: smallint,
    among: count,
  },
})

/** The editions that had a paper and that readers may see, newest first. */
export function editionsOfPaper(db: Pick<Queries, 'run'>, paperId: string): Promise<EditionOfPaper[]> {
  return db.run(editionsWithPaper, [paperId])
}
