/** Writes down what a report means for one reader, and does what follows, so that it can be taken back. */
import type { Tx } from '../../db/client.js'
import { unsubscribe } from '../../subscribers/leaving/leave.js'
import { suppress } from '../../subscribers/leaving/suppress.js'
import { isListed } from '../../subscribers/leaving/listed.js'
import type { Change, Effect, Finding, Reader, Status, VerdictServices } from './finding.js'
import { answerSoft } from './soft.js'

const nothing: Change = { effect: 'none' }

/** @returns what it brought about; null when this event was judged before. */
export async function recordVerdict(
  tx: Tx,
  services: VerdictServices,
  finding: Finding,
): Promise<Effect | null> {
  const reader = finding.subscriberId === null ? undefined : await lockReader(tx, finding.subscriberId)
  const row = await tx.tables
    .insertInto('verdict')
    .values({
      mail_id: finding.mailId,
      event_id: finding.eventId,
      at: finding.at,
      kind: finding.kind,
      class: finding.class,
      status: finding.status,
      code: finding.code,
      words: finding.words.replaceAll('\0', ''),
      domain: finding.domain,
      subscriber_id: reader?.id ?? null,
      edition_id: finding.editionId,
      delivery_id: finding.deliveryId,
      effect: 'none',
    })
    .onConflict((event) => event.column('event_id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!row) return null
  const change = await followUp(tx, services, reader, finding)
  if (change.effect !== 'none') {
    await tx.tables.updateTable('verdict').set(change).where('id', '=', row.id).execute()
  }
  return change.effect
}

/** Verdicts about one reader come one after another, and see what the one before did. */
function lockReader(tx: Tx, id: number): Promise<Reader | undefined> {
  return tx.tables
    .selectFrom('subscriber')
    .select(['id', 'email', 'domain', 'status', 'frequency'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

async function followUp(
  tx: Tx,
  services: VerdictServices,
  reader: Reader | undefined,
  finding: Finding,
): Promise<Change> {
  if (finding.class === 'ours' || finding.class === 'policy') return { effect: 'told' }
  if (!reader || !finding.current) return nothing
  if (finding.kind === 'complaint') return putOnList(tx, services, reader, 'complained', finding)
  if (finding.kind === 'left') return leave(tx, services, reader)
  if (finding.class === 'hard') return putOnList(tx, services, reader, 'bounced', finding)
  const soft = await answerSoft(tx, services, reader, finding)
  return soft === 'give up' ? putOnList(tx, services, reader, 'bounced', finding) : soft
}

async function putOnList(
  tx: Tx,
  { secrets }: VerdictServices,
  reader: Reader,
  reason: 'bounced' | 'complained',
  { at, code, status }: Finding,
): Promise<Change> {
  const listed = await isListed(tx, secrets, reader.email)
  const detail = [code, status].filter((part) => part !== null).join(' ')
  await suppress(tx, secrets, reader.email, reason, { at, ...(detail && { detail }) })
  const after = await statusOf(tx, reader.id)
  if (listed && after === reader.status) return nothing
  return {
    effect: reason,
    suppressed: !listed,
    status_before: after === reader.status ? null : reader.status,
  }
}

async function leave(tx: Tx, { clock }: VerdictServices, reader: Reader): Promise<Change> {
  await unsubscribe(tx, clock, reader.id, { ip: null, userAgent: null, text: 'by mail' })
  const left = (await statusOf(tx, reader.id)) !== reader.status
  return left ? { effect: 'left', status_before: reader.status } : nothing
}

async function statusOf(tx: Tx, id: number): Promise<Status | undefined> {
  const row = await tx.tables
    .selectFrom('subscriber')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.status
}
