/** What came back of an edition, by domain, against what was accepted there. */
import type { Queries } from '../../db/client.js'
import { int, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

export type Returned = {
  /** `others` stands for the many domains of few readers. */
  domain: string
  accepted: number
  /** Readers whose address turned out to be no good. */
  dead: number
  complaints: number
}

const returnedByDomain = statement({
  text: `WITH sent AS (
       SELECT domain, sum(mails)::int AS accepted FROM (
         SELECT domain, accepted AS mails FROM edition_domain WHERE edition_id = $1
         UNION ALL SELECT domain, count(*) FROM delivery WHERE edition_id = $1 AND status = 'accepted' GROUP BY 1) x
       GROUP BY 1
     ), back AS (
       SELECT CASE WHEN domain IN (SELECT domain FROM sent) THEN domain ELSE '' END AS domain,
         count(DISTINCT coalesce(subscriber_id, -id)) FILTER (WHERE class = 'hard')::int AS dead,
         count(DISTINCT coalesce(subscriber_id, -id)) FILTER (WHERE kind = 'complaint')::int AS complaints
       FROM verdict WHERE edition_id = $1 AND undone_at IS NULL GROUP BY 1
     )
     SELECT coalesce(nullif(b.domain, ''), 'others') AS domain, coalesce(s.accepted, 0) AS accepted, b.dead, b.complaints
     FROM back b LEFT JOIN sent s USING (domain) ORDER BY b.complaints DESC, b.dead DESC, 1`,
  parameters: [int],
  columns: { domain: text, accepted: int, dead: int, complaints: int },
})

/** Domains without any are left out. */
export const returnedOf = (db: Queries, editionId: number): Promise<Returned[]> =>
  db.run(returnedByDomain, [editionId])
