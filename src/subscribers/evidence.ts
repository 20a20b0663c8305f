/** What is kept to show that a reader asked for what was done: when, from where, under which text. */
import type { Tx } from '../db/client.js'
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

/** Evidence of a request, cut to what the database should keep: programs name their owners' addresses. */
export function evidenceOf(ip: string | null, userAgent: string | undefined, text: string | null): Evidence {
  return { ip, userAgent: userAgent ? maskAddresses(userAgent.slice(0, longestUserAgent)) : null, text }
}

export async function recordConsent(
  tx: Tx,
  subscriberId: number,
  action: ConsentAction,
  evidence: Evidence,
  options: { at: Date; detail?: object; source?: string | null },
): Promise<void> {
  const { at, detail, source = null } = options
  await tx.tables
    .insertInto('consent')
    .values({
      subscriber_id: subscriberId,
      action,
      at,
      ip: evidence.ip,
      user_agent: evidence.userAgent,
      source,
      text: evidence.text,
      detail: detail ? JSON.stringify(detail) : null,
    })
    .execute()
}
