/** Writes one batch of an import in one statement: all of it or none. */
import type { Secrets } from '../../config/secrets.js'
import type { Db, Queries } from '../../db/client.js'
import {
  boolean,
  bytesList,
  bytesOrNulls,
  days,
  int,
  ints,
  jsons,
  smallints,
  text,
  texts,
  textsOrNulls,
  timestamps,
  timestamptz,
} from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { ImportRow } from './reading/import-row.js'
import type { MailPayload } from '../payload.js'
import { suppressionHash, suppressionHashes } from '../leaving/listed.js'
import { mintToken, tokenExpiry } from '../tokens.js'

export type BatchOptions = {
  /** Owe confirmations to those the file calls active or pending. */
  confirm: boolean
  at: Date
}

export type BatchResult = { added: number; changed: number; suppressed: number[] }

/*
 * An address that is known keeps its wishes. Its status changes only from pending to active, or to one that
 * gets no mail: nobody who left or bounced comes back by a file. Confirmations go to the new ones alone, so
 * that a file read twice mails once.
 */
const writeRows = statement({
  text: `
WITH given AS MATERIALIZED (
  SELECT * FROM unnest(
    $1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::bytea[], $10::bytea[], $11::jsonb[], $16::smallint[], $17::date[], $18::timestamptz[],
    $19::timestamptz[], $20::timestamptz[]
  ) AS g(line, email, domain, status, frequency, timezone, source, hashes, hash, token, payload, hour,
    paused_until, confirmed_at, unsubscribed_at, created_at)
), row AS MATERIALIZED (
  SELECT g.*, EXISTS (SELECT 1 FROM suppression s WHERE s.email_key = lower(g.email))
      OR EXISTS (SELECT 1 FROM suppression s WHERE s.hash = ANY (string_to_array(g.hashes, ',')::bytea[]))
    AS suppressed
  FROM given g
), written AS (
  INSERT INTO subscriber AS s
    (email, email_key, domain, status, frequency, timezone, source, hour, paused_until, confirmed_at,
     unsubscribed_at, created_at, updated_at)
  SELECT email, lower(email), domain, status, frequency, timezone, source, hour, paused_until,
         CASE WHEN status <> 'pending' THEN coalesce(confirmed_at, CASE WHEN status = 'active' THEN $12::timestamptz END) END,
         CASE WHEN status IN ('unsubscribed', 'bounced', 'complained') THEN coalesce(unsubscribed_at, $12) END,
         coalesce(created_at, $12), $12
  FROM row WHERE NOT suppressed ORDER BY lower(email)
  ON CONFLICT (email_key) DO UPDATE
    SET status = EXCLUDED.status, updated_at = $12,
        confirmed_at = coalesce(s.confirmed_at, EXCLUDED.confirmed_at),
        unsubscribed_at = coalesce(EXCLUDED.unsubscribed_at, s.unsubscribed_at)
    WHERE (s.status, EXCLUDED.status) IN (
      ('pending', 'active'), ('pending', 'unsubscribed'), ('active', 'unsubscribed'), ('pending', 'bounced'),
      ('active', 'bounced'), ('unsubscribed', 'bounced'), ('pending', 'complained'), ('active', 'complained'),
      ('unsubscribed', 'complained'), ('bounced', 'complained')
    )
  RETURNING id, email_key, status, xmax = 0 AS added
), evidence AS (
  INSERT INTO consent (subscriber_id, action, at, source, text)
  SELECT w.id, 'import', $12, r.source, $13 FROM written w JOIN row r ON lower(r.email) = w.email_key
), listed AS (
  INSERT INTO suppression (email_key, hash, reason, detail, created_at)
  SELECT w.email_key, r.hash, w.status, 'import', $12
  FROM written w JOIN row r ON lower(r.email) = w.email_key WHERE w.status IN ('bounced', 'complained')
  ON CONFLICT DO NOTHING
), minted AS (
  INSERT INTO token (hash, kind, subscriber_id, created_at, expires_at)
  SELECT r.token, 'confirm', w.id, $12, $14
  FROM written w JOIN row r ON lower(r.email) = w.email_key WHERE $15 AND w.added AND w.status = 'pending'
), owed AS (
  INSERT INTO delivery (kind, subscriber_id, domain, payload, due_at, lane, status, created_at)
  SELECT 'confirmation', w.id, r.domain, r.payload, $12, 0, 'due', $12
  FROM written w JOIN row r ON lower(r.email) = w.email_key WHERE $15 AND w.added AND w.status = 'pending'
)
SELECT (SELECT count(*)::int FROM written WHERE added) AS added,
       (SELECT count(*)::int FROM written WHERE NOT added) AS changed,
       (SELECT coalesce(array_agg(line ORDER BY line), '{}') FROM row WHERE suppressed) AS suppressed`,
  parameters: [
    ints,
    texts,
    texts,
    texts,
    texts,
    textsOrNulls,
    textsOrNulls,
    texts,
    bytesList,
    bytesOrNulls,
    jsons,
    timestamptz,
    text,
    timestamptz,
    boolean,
    smallints,
    days,
    timestamps,
    timestamps,
    timestamps,
  ],
  columns: { added: int, changed: int, suppressed: ints },
})

const vouched = 'The operator vouches for consent.'
const asked = 'Imported to be asked for consent by mail.'

/** @param rows - no address twice. */
export async function storeBatch(
  db: Pick<Queries, 'run'>,
  secrets: Secrets,
  rows: ImportRow[],
  { confirm, at }: BatchOptions,
): Promise<BatchResult> {
  const column = <T>(pick: (row: ImportRow) => T) => rows.map(pick)
  const tokens = rows.map(() => (confirm ? mintToken(secrets) : null))
  const payloads = tokens.map(
    (token): MailPayload | null => token && { about: 'signup', token: token.sealed },
  )
  const [result] = await db.run(writeRows, [
    column((row) => row.line),
    column((row) => row.email),
    column((row) => row.domain),
    column((row) => (confirm && row.status === 'active' ? 'pending' : row.status)),
    column((row) => row.frequency),
    column((row) => row.timezone),
    column((row) => row.source),
    column((row) =>
      suppressionHashes(secrets, row.email)
        .map((hash) => `\\x${hash.toString('hex')}`)
        .join(','),
    ),
    column((row) => suppressionHash(secrets, row.email)),
    tokens.map((token) => token?.hash ?? null),
    payloads,
    at,
    confirm ? asked : vouched,
    tokenExpiry(at),
    confirm,
    column((row) => row.hour),
    column((row) => row.pausedUntil),
    column((row) => row.confirmedAt),
    column((row) => row.unsubscribedAt),
    column((row) => row.createdAt),
  ])
  return result ?? { added: 0, changed: 0, suppressed: [] }
}

/** What {@link storeBatch} would come to; nothing is written. */
export async function tryBatch(
  db: Db,
  secrets: Secrets,
  rows: ImportRow[],
  options: BatchOptions,
): Promise<BatchResult> {
  let result: BatchResult | undefined
  const undo = new Error('a dry run')
  await db
    .transaction('job', async (tx) => {
      result = await storeBatch(tx, secrets, rows, options)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return result ?? { added: 0, changed: 0, suppressed: [] }
}
