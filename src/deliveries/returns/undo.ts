/** Takes verdicts back with what they brought about, one or all that one fault of a provider caused. */
import type { Clock } from '../../clock.js'
import type { Tx } from '../../db/client.js'
import { columnValues, type ColumnValue } from '../../db/queries/columns.js'
import { text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { condition } from '../../db/queries/tables.js'
import { emailKey } from '../../subscribers/address.js'

/** Which verdicts: by id, or all of a domain, a class or a time. */
export type Which = {
  id?: string | undefined
  domain?: string | undefined
  class?: ColumnValue<'verdict', 'class'> | undefined
  kind?: ColumnValue<'verdict', 'kind'> | undefined
  since?: Date | undefined
  until?: Date | undefined
}

type Taken = {
  id: string
  subscriberId: number | null
  effect: ColumnValue<'verdict', 'effect'>
  statusBefore: ColumnValue<'verdict', 'statusBefore'> | null
  suppressed: boolean
  probeId: string | null
}

/** Of this transaction alone. */
const goBack = statement({
  text: `SELECT set_config('daily_papers.undoing', $1, true) AS set`,
  parameters: [text],
  columns: { set: text },
})

/** @returns how many were taken back; those that had been are left alone. */
export async function undoVerdicts(tx: Tx, clock: Clock, which: Which, by: string): Promise<number> {
  const at = clock.now()
  const taken = await takeBack(tx, which, at, by)
  if (taken.length === 0) return 0
  // The trigger lets a reader go back where nobody else may go.
  await tx.run(goBack, ['a verdict'])
  for (const verdict of taken) await undoEffect(tx, verdict, at)
  await tx.run(goBack, [''])
  return taken.length
}

/** The newest first, so that each finds what it left behind. */
async function takeBack(tx: Tx, which: Which, at: Date, by: string): Promise<Taken[]> {
  const rows = await tx.tables
    .updateTable('verdict')
    .set({ undone_at: at, undone_by: by })
    .where('undone_at', 'is', null)
    .$if(which.id !== undefined, (verdicts) => verdicts.where('id', '=', which.id ?? ''))
    .$if(which.domain !== undefined, (verdicts) => verdicts.where('domain', '=', which.domain ?? ''))
    .$if(which.class !== undefined, (verdicts) => verdicts.where('class', '=', which.class ?? 'soft'))
    .$if(which.kind !== undefined, (verdicts) => verdicts.where('kind', '=', which.kind ?? 'bounce'))
    .$if(which.since !== undefined, (verdicts) => verdicts.where('at', '>=', which.since ?? at))
    .$if(which.until !== undefined, (verdicts) => verdicts.where('at', '<', which.until ?? at))
    .returning(['id', 'subscriber_id as subscriberId', 'effect', 'status_before as statusBefore'])
    .returning(['suppressed', 'probe_id as probeId'])
    .execute()
  const known = (status: string | null) =>
    columnValues.subscriber.status.find((one) => one === status) ?? null
  return rows
    .map((row) => ({ ...row, statusBefore: known(row.statusBefore) }))
    .toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? 1 : -1))
}

async function undoEffect(tx: Tx, verdict: Taken, at: Date): Promise<void> {
  if (verdict.probeId !== null) await cancelProbe(tx, verdict.probeId, at)
  const { effect, subscriberId } = verdict
  if (subscriberId === null || !['bounced', 'complained', 'left'].includes(effect)) return
  const reader = await tx.tables
    .selectFrom('subscriber')
    .select(['id', 'email', 'status'])
    .where('id', '=', subscriberId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!reader || (await handOver(tx, verdict, subscriberId))) return
  const after = effect === 'left' ? 'unsubscribed' : effect
  if (verdict.statusBefore !== null && reader.status === after) {
    const reads = ['active', 'pending'].includes(verdict.statusBefore)
    await tx.tables
      .updateTable('subscriber')
      .set({ status: verdict.statusBefore, updated_at: at, ...(reads && { unsubscribed_at: null }) })
      .where('id', '=', subscriberId)
      .execute()
  }
  if (!verdict.suppressed) return
  await tx.tables
    .deleteFrom('suppression')
    .where('email_key', '=', emailKey(reader.email))
    .where('reason', 'in', ['bounced', 'complained'])
    .execute()
}

/**
 * Another verdict that stands says the same, or went on from there: what this one did is then for that one to
 * take back.
 */
async function handOver(tx: Tx, verdict: Taken, subscriberId: number): Promise<boolean> {
  const { effect, statusBefore, suppressed } = verdict
  if (effect === 'left') return false
  const heir = await tx.tables
    .selectFrom('verdict')
    .select(['id', 'effect'])
    .where('subscriber_id', '=', subscriberId)
    .where('undone_at', 'is', null)
    .where(
      effect === 'bounced'
        ? condition`(class = 'hard' OR status_before = 'bounced')`
        : condition`(kind = 'complaint')`,
    )
    .orderBy(condition`(status_before IS NOT NULL)`, 'desc')
    .orderBy('id')
    .executeTakeFirst()
  if (!heir)
    return (
      effect === 'complained' &&
      statusBefore !== 'bounced' &&
      (await leaveToBounce(tx, verdict, subscriberId))
    )
  await tx.tables
    .updateTable('verdict')
    .set({
      ...(statusBefore !== null && { status_before: statusBefore }),
      ...(suppressed && { suppressed }),
      ...(heir.effect === 'none' && { effect }),
    })
    .where('id', '=', heir.id)
    .execute()
  return true
}

/** An address that turned out to be no good after its reader had complained did nothing then; without it, it does. */
async function leaveToBounce(
  tx: Tx,
  { statusBefore, suppressed }: Taken,
  subscriberId: number,
): Promise<boolean> {
  const bounce = await tx.tables
    .selectFrom('verdict')
    .select('id')
    .where('subscriber_id', '=', subscriberId)
    .where('undone_at', 'is', null)
    .where('class', '=', 'hard')
    .orderBy('id')
    .executeTakeFirst()
  if (!bounce) return false
  await tx.tables
    .updateTable('verdict')
    .set({ effect: 'bounced', status_before: statusBefore, suppressed })
    .where('id', '=', bounce.id)
    .execute()
  const moved = await tx.tables
    .updateTable('subscriber')
    .set({ status: 'bounced' })
    .where('id', '=', subscriberId)
    .where('status', '=', 'complained')
    .returning('email_key as key')
    .executeTakeFirst()
  if (moved) {
    await tx.tables
      .updateTable('suppression')
      .set({ reason: 'bounced' })
      .where('email_key', '=', moved.key)
      .where('reason', '=', 'complained')
      .execute()
  }
  return true
}

async function cancelProbe(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.tables
    .updateTable('delivery')
    .set({ status: 'cancelled', reason: 'its verdict was undone', due_at: null, settled_at: at })
    .where('id', '=', id)
    .where('status', 'in', ['due', 'deferred'])
    .execute()
}
