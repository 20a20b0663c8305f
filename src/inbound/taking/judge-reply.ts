/** What a person wrote to us: forwarded to the operator where it replies to a mail of ours, and kept where it asks to leave. */
import type { Tx } from '../../db/client.js'
import type { OperatorPayload } from '../../deliveries/composing/operator-mail.js'
import { oweMail } from '../../mail/owe.js'
import { emailKey } from '../../subscribers/address.js'
import { addressOfOperator } from '../../subscribers/door/door.js'
import { mayForward } from '../../subscribers/door/replies.js'
import type { Reading } from '../reading/read.js'
import type { Judged, JudgeServices, Waiting } from './judged.js'
import { type Named, ownerOf } from './place.js'

/**
 * Forwarded is what names a mail of ours by its keyed token, so that nobody else mails through us; never what has
 * a null sender, comes from a program or a list, or was forwarded by us before (RFC 3834, 5321 4.5.5).
 */
export async function judgeReply(
  tx: Tx,
  { config, clock, secrets }: Pick<JudgeServices, 'config' | 'clock' | 'secrets'>,
  waiting: Waiting,
  named: Named | null,
  { kind, wantsToLeave, from, isPersonal, loops }: Reading,
): Promise<Judged> {
  const own = config.returnAddress ?? config.mailFrom.address
  const isOurs = loops.includes(own) || from === config.mailFrom.address.toLowerCase()
  const asks = wantsToLeave && !waiting.nullSender
  const subscriberId = named
    ? ((await ownerOf(tx, named, null))?.subscriberId ?? null)
    : asks
      ? await readerAt(tx, from)
      : null
  const reply = { kind, wantsToLeave: asks, findings: [], subscriberId }
  if (isOurs) return { ...reply, state: 'ignored' }
  if (!named || waiting.nullSender || !isPersonal || !config.replyTo) return { ...reply, state: 'unplaced' }
  // What goes no further waits at the desk.
  if (!(await mayForward(tx, secrets, subscriberId, clock.now()))) return { ...reply, state: 'unplaced' }
  const payload: OperatorPayload = { about: 'reply', mailId: waiting.id }
  await oweMail(tx, {
    kind: 'alert',
    subscriberId: null,
    to: addressOfOperator(config.replyTo.address),
    payload,
    dueAt: clock.now(),
  })
  return { ...reply, state: asks ? 'unplaced' : 'judged' }
}

/** From is easily forged, so that a person looks at what follows from it. */
async function readerAt(tx: Tx, from: string): Promise<number | null> {
  const reader = await tx.tables
    .selectFrom('subscriber')
    .select('id')
    .where('email_key', '=', emailKey(from))
    .executeTakeFirst()
  return reader?.id ?? null
}
