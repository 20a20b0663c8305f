/** What is kept to show that a reader asked for what was done: when, from where, under which text. */
import type { Query } from '../db/client.js'

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

/** Evidence of a request, cut to what the database should keep. */
export function evidenceOf(ip: string | null, userAgent: string | undefined, text: string | null): Evidence {
  return { ip, userAgent: userAgent?.slice(0, longestUserAgent) ?? null, text }
}

export async function recordConsent(
  query: Query,
  subscriberId: number,
  action: ConsentAction,
  evidence: Evidence,
  options: { at: Date; detail?: object; source?: string | null },
): Promise<void> {
  await query(
    `INSERT INTO consent (subscriber_id, action, at, ip, user_agent, source, text, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      subscriberId,
      action,
      options.at,
      evidence.ip,
      evidence.userAgent,
      options.source ?? null,
      evidence.text,
      options.detail ? JSON.stringify(options.detail) : null,
    ],
  )
}
