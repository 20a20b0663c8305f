/** Who would get an edition if it went out now, and who would not. */
import type { Db } from '../../db/client.js'
import { boolean, day as dayType, int, nullable, oneOf, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { editionKinds } from '../../editions/edition.js'
import type { Finding } from '../../editions/gates/gates.js'
import { inspectEdition } from '../../editions/gates/inspect.js'
import type { Edition } from '../../editions/store.js'
import type { Services } from '../../services.js'
import { readSettings } from '../settings.js'

export type DryRun = {
  /** Readers who would get it. */
  readers: number
  /** Subscribers of its kind who would not, by reason. */
  leftOut: { reason: string; count: number }[]
  /** Since the edition of its kind before this one. */
  since: { period: string; readers: number; joined: number; left: number } | null
  /** What the gates have against it; nothing when it may go. */
  findings: Finding[]
  /** In words, for people. */
  summary: string
}

export async function dryRun(services: Pick<Services, 'db' | 'config'>, edition: Edition): Promise<DryRun> {
  const { db } = services
  const { readers, leftOut } = await countAudience(db, edition)
  const since = await sinceBefore(db, edition)
  const bounds = (await readSettings(db)).gates
  const findings = edition.papers ? await inspectEdition(db, services, edition, { bounds }) : []
  return { readers, leftOut, since, findings, summary: inWords(readers, leftOut, since) }
}

async function countAudience(db: Db, { kind, day }: Edition): Promise<Pick<DryRun, 'readers' | 'leftOut'>> {
  const rows = await db.run(audience, [kind === 'weekly', day])
  return {
    readers: rows.find(({ reason }) => reason === null)?.count ?? 0,
    leftOut: rows.flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count }])),
  }
}

const audience = statement({
  text: `WITH apart AS (
       SELECT 'suppressed: ' || x.reason AS reason FROM suppression x JOIN subscriber s USING (email_key)
       WHERE s.status = 'active' AND (s.frequency = 'weekly') = $1
       UNION ALL
       SELECT 'paused' FROM subscriber s WHERE s.paused_until > $2::date + 1 AND s.status = 'active'
         AND (s.frequency = 'weekly') = $1 AND NOT EXISTS (SELECT FROM suppression x WHERE x.email_key = s.email_key)
     )
     SELECT reason, sum(n)::int AS count FROM (
       SELECT nullif(status, 'active') AS reason, n FROM subscriber_sum
       WHERE kind = 'held' AND (frequency = 'weekly') = $1
       UNION ALL SELECT reason, 1 FROM apart
       UNION ALL SELECT NULL, -1 FROM apart
     ) x GROUP BY 1 HAVING sum(n) > 0 ORDER BY 2 DESC`,
  parameters: [boolean, dayType],
  columns: { reason: nullable(text), count: int },
})

async function sinceBefore(db: Db, { kind, day }: Edition): Promise<DryRun['since']> {
  const [row] = await db.run(before, [kind, day])
  return row ?? null
}

const before = statement({
  text: `SELECT e.period, edition_owed(e.id) AS readers,
       (SELECT count(*)::int FROM subscriber s WHERE s.confirmed_at > e.fanned_out_at) AS joined,
       (SELECT count(*)::int FROM subscriber s WHERE s.unsubscribed_at > e.fanned_out_at) AS left
     FROM edition e WHERE e.kind = $1 AND e.day < $2::date AND e.fanned_out_at IS NOT NULL
     ORDER BY e.day DESC LIMIT 1`,
  parameters: [oneOf(editionKinds), dayType],
  columns: { period: text, readers: int, joined: int, left: int },
})

function inWords(readers: number, leftOut: DryRun['leftOut'], since: DryRun['since']): string {
  const number = new Intl.NumberFormat('en-US')
  const others = leftOut.map(({ reason, count }) => `${number.format(count)} ${reason}`).join(', ')
  const change = since
    ? `; since ${since.period} ${number.format(since.joined)} joined and ${number.format(since.left)} left`
    : ''
  return `${number.format(readers)} would get it${others ? `; not: ${others}` : ''}${change}.`
}
