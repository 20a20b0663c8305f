/** Builds what is due: a draft while its time is to come, the frozen edition shortly before it goes out. */
import { readSettings } from '../operations/settings.js'
import { lastClosedDay } from '../clock.js'
import { columnValues } from '../db/queries/columns.js'
import { day as dayType, nullable, oneOf, text, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { buildEdition } from '../editions/building/build.js'
import { findDeadLinks } from '../editions/gates/dead-links.js'
import { type DueEdition, editionsToBuild } from '../editions/choosing/due.js'
import { inspectEdition } from '../editions/gates/inspect.js'
import { sendAtOf } from '../editions/choosing/send-at.js'
import { readEdition } from '../editions/store.js'
import { alone, type JobServices } from './job.js'
import { lookNow } from './look.js'

/** Votes still grow in the last hours, so it is frozen late; early enough for a slow source. */
const leadMs = 10 * 60_000
/** How long after a failure the source is asked again for an edition. */
const patienceMs = 60_000

/** The last closed day and week, and what had failed before. What a gate finds leaves an edition held. */
export async function build(services: JobServices): Promise<boolean> {
  if ((await due(services)).length === 0) return true
  return alone(services.db, 'build', async () => {
    const editions = await due(services)
    if (editions.length === 0) return
    // Built on counts of now, and never on a day that nobody has looked at.
    await lookNow(services)
    const freezing = editions.filter((edition) => isTime(services, edition))
    for (const { kind, period } of editions.filter((edition) => !freezing.includes(edition))) {
      await buildEdition(services, kind, period, { freeze: false })
    }
    for (const edition of freezing) await freeze(services, edition)
  })
}

/** Links are tried before, outside the transaction, on the draft that was made when the day had closed. */
async function freeze(services: JobServices, { kind, period }: DueEdition): Promise<void> {
  const { db, probe } = services
  const draft = probe ? await readEdition(db, kind, period) : null
  const dead = probe && draft?.papers ? await findDeadLinks(draft.papers, probe) : []
  const { gates } = await readSettings(db)
  await buildEdition(services, kind, period, {
    inspect: (query, edition) => {
      const links = new Set(edition.papers?.flatMap(({ codeUrl, projectUrl }) => [codeUrl, projectUrl]))
      const deadLinks = dead.filter((link) => links.has(link))
      return inspectEdition(query, services, edition, { bounds: gates, deadLinks })
    },
  })
}

/** With the time at which it goes out: what somebody has set, or the publication's. */
type Due = DueEdition & { sendAt: Date }

const isTime = ({ clock }: JobServices, edition: Due) => clock.now() >= freezingTime(edition)

const begunEditions = statement({
  text: `SELECT kind, period, day::text AS day, status, send_at AS "sendAt", updated_at AS "updatedAt" FROM edition
     WHERE status IN ('draft', 'empty', 'thin', 'failed') AND day <= $1::date
       AND (day > $1::date - 8 OR send_at > $2::timestamptz - interval '1 day')`,
  parameters: [dayType, timestamptz],
  columns: {
    kind: oneOf(columnValues.edition.kind),
    period: text,
    day: text,
    status: oneOf(columnValues.edition.status),
    sendAt: nullable(timestamptz),
    updatedAt: timestamptz,
  },
})

/**
 * What is absent; when its time has come also drafts, and days on which there was nothing to be had before:
 * the list fills late. What failed a moment ago is left alone.
 */
async function due(services: JobServices): Promise<Due[]> {
  const { db, clock, config } = services
  const now = clock.now()
  const rows = await db.run(begunEditions, [lastClosedDay(now), now])
  const begun = rows.map((row) => ({ ...row, sendAt: row.sendAt ?? sendAtOf(row.day, config) }))
  const justFailed = begun.filter(
    ({ status, updatedAt }) => status === 'failed' && now.getTime() - updatedAt.getTime() < patienceMs,
  )
  const same = (a: DueEdition, b: DueEdition) => a.kind === b.kind && a.period === b.period
  const absent = (await editionsToBuild(db, clock))
    .filter((edition) => !justFailed.some((failed) => same(failed, edition)))
    .map((edition) => ({ ...edition, sendAt: sendAtOf(edition.day, config) }))
  const waiting = begun.filter((edition) => {
    // A draft that somebody built after its time is theirs to let go.
    const turn = edition.status === 'draft' ? edition.sendAt : freezingTime(edition)
    return edition.status !== 'failed' && isTime(services, edition) && edition.updatedAt < turn
  })
  return [...absent, ...waiting]
}

const freezingTime = ({ sendAt }: Due) => new Date(sendAt.getTime() - leadMs)
