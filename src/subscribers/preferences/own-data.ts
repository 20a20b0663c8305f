/** All that is kept about one reader, for the reader. */
import type { Db } from '../../db/client.js'

/**
 * An object for JSON; null when there is no such subscriber. Hashes of tokens are left out: they are no use. So is
 * what would tell of others: of a mail to another address than the reader's own only that it was asked for, and
 * of tries no word of the receiver.
 */
export async function readOwnData(db: Pick<Db, 'sql'>, subscriberId: number): Promise<object | null> {
  const [row] = await db.sql<{ data: object }>(
    `SELECT json_build_object(
       'subscriber', json_build_object(
         'email', s.email, 'status', s.status, 'frequency', s.frequency, 'timezone', s.timezone, 'hour', s.hour,
         'pausedUntil', s.paused_until, 'source', s.source, 'disposableDomain', s.disposable, 'confirmedAt', s.confirmed_at,
         'unsubscribedAt', s.unsubscribed_at, 'createdAt', s.created_at, 'updatedAt', s.updated_at),
       'consents', (SELECT coalesce(json_agg(json_build_object(
           'action', c.action, 'at', c.at, 'ip', c.ip, 'userAgent', c.user_agent, 'source', c.source,
           'text', c.text, 'detail', c.detail) ORDER BY c.id), '[]') FROM consent c WHERE c.subscriber_id = s.id),
       'links', (SELECT coalesce(json_agg(json_build_object(
           'kind', t.kind, 'createdAt', t.created_at, 'expiresAt', t.expires_at, 'usedAt', t.used_at,
           'replacedAt', t.replaced_at, 'asksFor', CASE t.kind WHEN 'confirm' THEN t.payload END) ORDER BY t.created_at), '[]') FROM token t WHERE t.subscriber_id = s.id),
       'mails', (SELECT coalesce(json_agg(CASE
           WHEN d.kind = 'confirmation' AND d.payload->>'about' IS DISTINCT FROM 'signup' OR d.to_address IS NOT NULL
             THEN json_build_object('kind', d.kind, 'createdAt', d.created_at)
           ELSE json_build_object(
             'kind', d.kind, 'edition', e.period, 'status', d.status, 'reason', d.reason,
             'createdAt', d.created_at, 'settledAt', d.settled_at,
             'tries', (SELECT coalesce(json_agg(json_build_object('at', a.at, 'outcome', a.outcome) ORDER BY a.id), '[]')
               FROM attempt a WHERE a.delivery_id = d.id)) END ORDER BY d.id), '[]')
         FROM delivery d LEFT JOIN edition e ON e.id = d.edition_id WHERE d.subscriber_id = s.id),
       'suppression', (SELECT json_build_object('reason', x.reason, 'detail', x.detail, 'createdAt', x.created_at)
         FROM suppression x WHERE x.email_key = s.email_key)
     ) AS data FROM subscriber s WHERE s.id = $1`,
    [subscriberId],
  )
  return row?.data ?? null
}
