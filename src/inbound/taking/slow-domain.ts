/** Slows sending to a domain whose servers returned mail for policy after they had taken it. */
import type { Tx } from '../../db/client.js'
import { count, float, int, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Placed } from '../../deliveries/returns/finding.js'
import { slowDown } from '../../deliveries/throttle/slow-down.js'

/** One may be a reader's own filter; so many in an hour are the servers'. */
const returnsAnHour = 5
/** The pace is taken for what brings the domain's part of an edition out in ten minutes: nobody kept the real one. */
const secondsOut = 600

const paceAndReturns = statement({
  text: `SELECT greatest(2, coalesce((SELECT sum(owed) FROM edition_domain WHERE edition_id = $1 AND domain = $2), 0)
       / ${secondsOut}.0)::float AS rate,
     (SELECT count(*) FROM verdict WHERE at > $3::timestamptz - interval '1 hour' AND domain = $2 AND class = 'policy'
       AND mail_id IS NOT NULL AND undone_at IS NULL) AS returned`,
  parameters: [int, text, timestamptz],
  columns: { rate: float, returned: count },
})

/** Halves its pace, by the throttle that a refusal at once halves as well; it climbs back by itself. */
export async function slowDomain(tx: Tx, { editionId, domain }: Placed, at: Date): Promise<void> {
  if (editionId === null || domain === '') return
  const [row] = await tx.run(paceAndReturns, [editionId, domain, at])
  if (row && row.returned >= returnsAnHour) await slowDown(tx, new Map([[domain, row.rate]]), at)
}
