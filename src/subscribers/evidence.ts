/** What is kept to show that a reader asked for what was done: when, from where, under which text. */
import { jsonText } from '../format/text/storable.js'
import type { Tx } from '../db/client.js'
import { int, nullable, text, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { maskAddresses } from '../format/mask-addresses.js'

export type Evidence = {
  ip: string | null
  userAgent: string | null
  /** The words beside the button. */
  text: string | null
}

export type ConsentAction =
  | 'signup'
  | 'confirm'
  | 'import'
  | 'preferences'
  | 'change'
  | 'unsubscribe'
  | 'resubscribe'
  | 'sign-out'

const longestUserAgent = 300

/** Rows of one reader in a day, beyond which what may be done at will takes the place of the like before it. */
const mostADay = 50

const newestOf = statement({
  text: `SELECT CASE WHEN count(*) >= ${mostADay} THEN max(id) FILTER (WHERE action = $2) END AS id
    FROM consent WHERE subscriber_id = $1 AND at > $3::timestamptz - interval '1 day'`,
  parameters: [int, text, timestamptz],
  columns: { id: nullable(int) },
})

/** Evidence of a request, cut to what the database should keep: programs name their owners' addresses. */
export function evidenceOf(ip: string | null, userAgent: string | undefined, text: string | null): Evidence {
  return { ip, userAgent: userAgent ? maskAddresses(userAgent.slice(0, longestUserAgent)) : null, text }
}

/** @param options.atWill - nothing else bounds how often the reader does it */
export async function recordConsent(
  tx: Tx,
  subscriberId: number,
  action: ConsentAction,
  evidence: Evidence,
  options: { at: Date; detail?: object; source?: string | null; atWill?: boolean },
): Promise<void> {
  const { at, detail, source = null, atWill = false } = options
  const [earlier] = atWill ? await tx.run(newestOf, [subscriberId, action, at]) : []
  const row = {
    subscriber_id: subscriberId,
    action,
    at,
    ip: evidence.ip,
    user_agent: evidence.userAgent,
    source,
    text: evidence.text,
    detail: detail ? jsonText(detail) : null,
  }
  await (earlier?.id
    ? tx.tables.updateTable('consent').set(row).where('id', '=', earlier.id).execute()
    : tx.tables.insertInto('consent').values(row).execute())
}
