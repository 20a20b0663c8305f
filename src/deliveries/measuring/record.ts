/** Writes down what was measured of one reader's mail: the verdict, and nothing that tells who asked from where. */
import type { Db, Queries } from '../../db/client.js'
import { boolean, int, nullable, smallint, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { hiddenLink, opening, press, reportedClick } from './links.js'
import { judgeRequest, type Request, type Verdict } from './judge.js'

export type Mail = { editionId: number; subscriberId: number }

const facts = statement({
  text: `SELECT s.unmeasured, (SELECT m.settled_at FROM mails_of(s.id) m
      WHERE m.edition_id = $1 AND m.status = 'accepted' LIMIT 1) AS "acceptedAt"
    FROM subscriber s WHERE s.id = $2 AND EXISTS (SELECT FROM edition WHERE id = $1)`,
  parameters: [int, int],
  columns: { unmeasured: boolean, acceptedAt: nullable(timestamptz) },
})

/** The better verdict stays; a like one that comes later counts, since the earlier may have been a scanner's. */
const write = statement({
  text: `WITH hit AS (
      INSERT INTO measured_hit AS h (edition_id, subscriber_id, link, at, verdict) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (edition_id, subscriber_id, link) DO UPDATE SET at = excluded.at, verdict = excluded.verdict
      WHERE excluded.at > h.at + interval '15 seconds' AND excluded.verdict <> 'machine' AND h.verdict <> 'person'
        OR array_position('{machine,unknown,likely,person}', excluded.verdict)
           > array_position('{machine,unknown,likely,person}', h.verdict) AND h.verdict <> 'machine'
    )
    INSERT INTO measured_edition AS e (edition_id, hit_at) VALUES ($1, $4)
    ON CONFLICT (edition_id) DO UPDATE SET hit_at = excluded.hit_at WHERE e.hit_at < excluded.hit_at - interval '10 seconds'`,
  parameters: [int, int, smallint, timestamptz, text],
  columns: {},
})

/**
 * @param link - its number, or {@link opening}.
 * @returns the verdict; null for a reader who asked not to be measured, or who is gone.
 */
export async function recordHit(
  db: Db,
  mail: Mail,
  link: number,
  request: Request,
  now: Date,
): Promise<Verdict | null> {
  const [known] = await db.run(facts, [mail.editionId, mail.subscriberId])
  if (!known || known.unmeasured) return null
  const kind = link === opening ? 'open' : 'click'
  const verdict = link === hiddenLink ? 'machine' : judgeRequest(kind, request, known.acceptedAt, now)
  await db.run(write, [mail.editionId, mail.subscriberId, link, now, verdict])
  return verdict
}

/** Somebody who came from that mail pressed a button on our page. */
export async function recordPress(db: Db, mail: Mail, now: Date): Promise<void> {
  const [known] = await db.run(facts, [mail.editionId, mail.subscriberId])
  if (known && !known.unmeasured)
    await db.run(write, [mail.editionId, mail.subscriberId, press, now, 'person'])
}

/** What a provider measured by itself; `machine` is its own mark, null where it has none. */
export async function recordReported(
  tx: Pick<Queries, 'run'>,
  mail: Mail,
  { kind, machine, at }: { kind: 'opened' | 'clicked'; machine: boolean | null; at: Date },
): Promise<void> {
  const [known] = await tx.run(facts, [mail.editionId, mail.subscriberId])
  if (!known || known.unmeasured) return
  const verdict: Verdict = machine ? 'machine' : kind === 'clicked' ? 'likely' : 'unknown'
  const link = kind === 'opened' ? opening : reportedClick
  await tx.run(write, [mail.editionId, mail.subscriberId, link, at, verdict])
}
