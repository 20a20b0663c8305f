/** Judges what waits, each in a transaction of its own: a crash at any line leaves it waiting, or judged whole. */
import type { Tx } from '../../db/client.js'
import { recordVerdict } from '../../deliveries/returns/verdict.js'
import { messageOf } from '../../errors.js'
import { slowDomain } from './slow-domain.js'
import { judgeCall } from './judge-call.js'
import { judgeMail } from './judge-mail.js'
import { type Pace, unpaced } from './pace.js'
import type { Judged, JudgeServices, Waiting } from './judged.js'

/**
 * Until nothing waits, or `mayGoOn` says no, at the pace that is given.
 * @returns how many were judged.
 */
export async function judgeWaiting(
  services: JudgeServices,
  mayGoOn: () => boolean = () => true,
  pace: Pace = unpaced,
): Promise<number> {
  let judged = 0
  while (mayGoOn() && (await pace.run(() => judgeNext(services)))) judged += 1
  return judged
}

/** @returns false when nothing waits that nobody else is at. */
function judgeNext(services: JudgeServices): Promise<boolean> {
  return services.db.transaction('job', async (tx) => {
    const waiting = await lockNext(tx)
    if (!waiting) return false
    const judged = await tx
      .savepoint(() => judgeOne(tx, services, waiting))
      .catch((error: unknown) => unjudgeable(services, waiting, error))
    await tx.tables
      .updateTable('inbound_mail')
      .set({
        state: judged.state,
        kind: judged.kind,
        wants_to_leave: judged.wantsToLeave,
        subscriber_id: judged.subscriberId ?? null,
        judged_at: services.clock.now(),
      })
      .where('id', '=', waiting.id)
      .execute()
    return true
  })
}

async function lockNext(tx: Tx): Promise<Waiting | undefined> {
  const row = await tx.tables
    .selectFrom('inbound_mail')
    .select(['id', 'via', 'event_id as eventId', 'received_at as receivedAt', 'raw', 'sent_to as sentTo'])
    .select('null_sender as nullSender')
    .where('state', '=', 'waiting')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return row && { ...row, raw: row.raw ?? Buffer.alloc(0), sentTo: row.sentTo ?? [] }
}

async function judgeOne(tx: Tx, services: JudgeServices, waiting: Waiting): Promise<Judged> {
  const isCall = !['lmtp', 'smtp', 'imap'].includes(waiting.via)
  const judged = isCall ? await judgeCall(tx, services, waiting) : await judgeMail(tx, services, waiting)
  for (const finding of judged.findings) {
    const effect = await recordVerdict(tx, services, {
      ...finding,
      mailId: waiting.id,
      at: waiting.receivedAt,
    })
    if (effect === 'told' && finding.class === 'policy') await slowDomain(tx, finding, services.clock.now())
  }
  return judged
}

/** What cannot be judged is looked at by a human, and is in nobody's way. */
function unjudgeable({ log }: JudgeServices, { id }: Waiting, error: unknown): Judged {
  log.error({ inbound: id, fault: messageOf(error) }, 'what came in could not be judged')
  return { state: 'unplaced', kind: 'unknown', wantsToLeave: false, findings: [] }
}
