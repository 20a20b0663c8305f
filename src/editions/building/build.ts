/** Builds the edition of a period, once, whoever else tries at the same time. */
import { type Day, lastClosedDay } from '../../clock.js'
import { Type } from 'typebox'
import type { Queries, Tx } from '../../db/client.js'
import { int, json, oneOf } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import type { Log } from '../../log.js'
import { renderSoon } from '../../papers/html/render.js'
import type { Ranking } from '../../papers/ranking/ranking.js'
import { setConsidered } from '../choosing/candidates.js'
import { type Choice, choose } from '../choosing/choose.js'
import { type EditionKind, editionKinds } from '../edition.js'
import { compileDraft, freeze, lockKind, setPapers } from './freeze.js'
import type { EditionServices } from '../edition-services.js'
import { type Finding, reasonOf } from '../gates/gates.js'
import { daysOf } from '../choosing/period.js'
import { type Edition, lockEdition } from '../store.js'
import { mayMove, mustMoveEdition } from '../transitions.js'

export type BuildOptions = {
  /** False leaves a draft that may be built again, approved or held. */
  freeze?: boolean
  /** Asked before freezing; what it finds leaves the edition held, with the findings as its reason. */
  inspect?: (db: Queries, edition: Edition) => Promise<Finding[]>
}

export type Built = {
  edition: Edition
  /** Whether this call made it what it is: false when it had its papers already. */
  built: boolean
}

/**
 * Chooses, assembles and freezes in one transaction: a crash leaves nothing or a whole edition, and of two calls
 * at once the second finds what the first has built. `empty`, `thin` and `failed` become editions when a later
 * call finds papers; what is frozen stays; what is held stays held.
 * @throws Problem `invalid` for a period that does not exist, `conflict` for one that has not ended.
 */
export async function buildEdition(
  services: EditionServices,
  kind: EditionKind,
  period: string,
  options: BuildOptions = {},
): Promise<Built> {
  // An editor's last words may not be rendered yet.
  await renderSoon(services)
  const built = await services.db.transaction('job', (tx) =>
    buildEditionWithin(tx, services, kind, period, options),
  )
  tellBuilt(services.log, built)
  return built
}

/** The same, in a transaction that does more; the caller renders papers before it and tells of it after. */
export async function buildEditionWithin(
  tx: Tx,
  services: Pick<EditionServices, 'clock' | 'config'>,
  kind: EditionKind,
  period: string,
  options: BuildOptions,
): Promise<Built> {
  const day = lastDayOf(kind, period)
  if (options.freeze !== false && day > lastClosedDay(services.clock.now())) {
    throw new Problem('conflict', `${period} has not ended yet, in UTC.`)
  }
  return build(tx, services, { kind, period, day }, options)
}

function lastDayOf(kind: EditionKind, period: string): Day {
  const day = daysOf(kind, period)?.at(-1)
  const form = kind === 'daily' ? 'a day such as 2026-05-06' : 'a week such as 2026-W19'
  if (!day) throw new Problem('invalid', `The period of a ${kind} edition is ${form}.`)
  return day
}

async function build(
  db: Queries,
  services: Pick<EditionServices, 'clock' | 'config'>,
  period: { kind: EditionKind; period: string; day: Day },
  options: BuildOptions,
): Promise<Built> {
  const freezing = options.freeze !== false
  const now = services.clock.now()
  await db.tables
    .insertInto('edition')
    .values({ ...period, status: 'draft', created_at: now, updated_at: now })
    .onConflict((known) => known.columns(['kind', 'period']).doNothing())
    .execute()
  const begun = await mustLock(db, period.kind, period.period)
  if (!mayBuild(begun, freezing)) return { edition: begun, built: false }
  await lockKind(db, period.kind)
  const choice = await choose(db, services, period)
  await db.tables.deleteFrom('edition_paper').where('edition_id', '=', begun.id).execute()
  if (choice.outcome === 'papers') {
    await takePapers(db, begun, choice.ranking)
    if (period.kind === 'daily') await setConsidered(db, begun, weighed(choice.ranking))
    await setPapers(db, services, begun, choice.ranking)
    await finish(db, services, await mustLock(db, period.kind, period.period), options)
  } else {
    await setConsidered(db, begun, [])
    await leaveWithout(db, begun.id, choice, now)
  }
  return { edition: await mustLock(db, period.kind, period.period), built: true }
}

/** A draft that is looked at, or held, is compiled without its number. */
async function finish(
  db: Queries,
  services: Pick<EditionServices, 'clock' | 'config'>,
  edition: Edition,
  { freeze: freezing = true, inspect }: BuildOptions,
): Promise<void> {
  if (!freezing || inspect) await compileDraft(db, services, edition)
  if (!freezing) return
  const findings = inspect ? await inspect(db, edition) : []
  if (findings.length === 0) return freeze(db, services, edition)
  await mustMoveEdition(db, edition.id, 'hold', {
    now: services.clock.now(),
    set: { reason: reasonOf(findings) },
  })
}

/** Never what is frozen or cancelled; a held edition is built again as a draft alone, so that it stays held. */
function mayBuild({ status, frozenAt }: Edition, freezing: boolean): boolean {
  if (frozenAt || !mayMove(status, 'draft')) return false
  return status !== 'held' || !freezing
}

async function mustLock(db: Queries, kind: EditionKind, period: string): Promise<Edition> {
  const edition = await lockEdition(db, kind, period)
  if (!edition) throw new Error(`the ${kind} edition of ${period} vanished while it was built`)
  return edition
}

const takeChosen = statement({
  text: `INSERT INTO edition_paper (edition_id, paper_id, kind, rank, returned, reasons)
    SELECT $1, c.id, $2, c.rank, c.returned, c.reasons
    FROM jsonb_to_recordset($3::jsonb) AS c (id text, rank int, returned boolean, reasons jsonb)`,
  parameters: [int, oneOf(editionKinds), json(Type.Array(Type.Unknown()))],
  columns: {},
})

async function takePapers(db: Queries, edition: Edition, ranking: Ranking): Promise<void> {
  const chosen = ranking.chosen.map(({ paper, rank, returned, reasons }) => ({
    id: paper.id,
    rank,
    returned,
    reasons,
  }))
  await db.run(takeChosen, [edition.id, edition.kind, chosen])
}

const weighed = ({ chosen, leftOut }: Ranking) => [...chosen, ...leftOut].map(({ paper }) => paper.id)

async function leaveWithout(
  db: Queries,
  id: number,
  choice: Exclude<Choice, { outcome: 'papers' }>,
  now: Date,
): Promise<void> {
  const nothing = {
    subject: null,
    preheader: null,
    papers: null,
    compiled: null,
    weights: null,
    send_at: null,
  }
  await mustMoveEdition(db, id, choice.outcome, { now, set: { reason: choice.reason, ...nothing } })
}

export function tellBuilt(log: Log, { edition, built }: Built): void {
  const { kind, period, status, reason, number } = edition
  const fields = { kind, period, status, reason, number, papers: edition.papers?.length ?? 0 }
  if (!built) log.debug(fields, 'the edition was there')
  else if (status === 'failed') log.warn(fields, 'no edition: the source failed')
  else if (status === 'held') log.warn(fields, 'built the edition and held it')
  else log.info(fields, 'built the edition')
}
