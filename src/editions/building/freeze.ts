/** Sets an edition's words, compiles it, and freezes it with its number; all inside the caller's transaction. */
import type { Queries } from '../../db/client.js'
import { boolean, int, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { CompiledMail } from '../../mail/message/compiled.js'
import type { Ranking } from '../../papers/ranking/ranking.js'
import { compileEdition } from '../compiling/compile.js'
import type { EditionKind } from '../edition.js'
import type { EditionServices } from '../edition-services.js'
import { sendAtOf } from '../choosing/send-at.js'
import { shownOf } from '../compiling/edition-paper.js'
import type { Edition } from '../store.js'
import { mustMoveEdition } from '../transitions.js'
import { preheaderOf, subjectOf } from '../compiling/subject.js'

type FreezeServices = Pick<EditionServices, 'clock' | 'config'>

// Any constant will do; it only has to be ours.
const lockClass = 720_911

/** One at a time chooses papers and counts numbers of a kind, until its transaction ends. */
export async function lockKind(db: Queries, kind: EditionKind): Promise<void> {
  await db.run(lockOfKind, [lockClass, kind])
}

const lockOfKind = statement({
  text: 'SELECT true AS locked FROM pg_advisory_xact_lock($1::int, hashtext($2))',
  parameters: [int, text],
  columns: { locked: boolean },
})

/** Writes the chosen papers with their counts, the subject and, unless somebody has set one, the time to send. */
export async function setPapers(
  db: Queries,
  { clock, config }: FreezeServices,
  edition: Edition,
  { chosen, weights }: Ranking,
): Promise<void> {
  const papers = chosen.map((paper) => shownOf(edition.kind, paper, config.pictures))
  await mustMoveEdition(db, edition.id, 'draft', {
    now: clock.now(),
    set: {
      papers: JSON.stringify(papers),
      subject: subjectOf(edition.kind, edition.day, papers),
      preheader: preheaderOf(papers),
      weights: JSON.stringify(weights),
      send_at: edition.sendAt ?? sendAtOf(edition.day, config),
      compiled: null,
    },
  })
}

/** Compiles a draft, without a number, to be looked at. */
export async function compileDraft(db: Queries, services: FreezeServices, edition: Edition): Promise<void> {
  const compiled = await compile(services, edition, null)
  await db.tables
    .updateTable('edition')
    .set({ compiled: JSON.stringify(compiled) })
    .where('id', '=', edition.id)
    .execute()
}

/** Gives a draft the next number of its kind and freezes it. The caller holds `lockKind`. */
export async function freeze(db: Queries, services: FreezeServices, edition: Edition): Promise<void> {
  const last = await db.tables
    .selectFrom('edition')
    .select(({ fn }) => fn.max('number').as('number'))
    .where('kind', '=', edition.kind)
    .executeTakeFirst()
  const number = (last?.number ?? 0) + 1
  const compiled = await compile(services, edition, number)
  const now = services.clock.now()
  await mustMoveEdition(db, edition.id, 'freeze', {
    now,
    set: { reason: null, number, compiled: JSON.stringify(compiled), frozen_at: now },
  })
}

function compile({ config }: FreezeServices, edition: Edition, number: number | null): Promise<CompiledMail> {
  const { kind, period, day, papers, subject, preheader } = edition
  if (!papers || subject === null)
    throw new Error(`the ${kind} edition of ${period} has no papers to compile`)
  const { publication, byline, publicUrl, senderAddress } = config
  return compileEdition({
    kind,
    period,
    day,
    number,
    subject,
    preheader: preheader ?? '',
    papers,
    publication,
    byline,
    publicUrl,
    senderAddress,
  })
}
