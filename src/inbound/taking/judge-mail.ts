/** What a mail that came in means: for whom, and whether anything follows. */
import type { Tx } from '../../db/client.js'
import type { Recipient } from '../reading/judge.js'
import { type Reading, readReturn } from '../reading/read.js'
import { judgeReply } from './judge-reply.js'
import type { Judged, JudgeServices, Waiting } from './judged.js'
import { mailNamed, type Named, type Owner, ownerOf } from './place.js'

export async function judgeMail(
  tx: Tx,
  services: Pick<JudgeServices, 'secrets' | 'config' | 'clock'>,
  waiting: Waiting,
): Promise<Judged> {
  const reading = await readReturn(waiting.raw)
  const named = mailNamed(services.secrets, {
    addresses: waiting.sentTo,
    messageId: reading.original.messageId,
  })
  if (named?.by === 'leave') return judgeLeaving(tx, named, reading, waiting)
  const { kind, wantsToLeave } = reading
  const judged = { kind, wantsToLeave, findings: [] }
  switch (kind) {
    case 'bounce':
    case 'complaint':
      return judgeReport(tx, named, { ...reading, kind })
    case 'auto-reply':
    case 'delayed':
    case 'delivered':
      return { ...judged, state: 'ignored' }
    default:
      return judgeReply(tx, services, waiting, named, reading)
  }
}

/** A program that answers, or a report of a mail that somebody else sent from there, asks for nothing. */
async function judgeLeaving(
  tx: Tx,
  named: Named,
  { kind, wantsToLeave }: Reading,
  { nullSender }: Waiting,
): Promise<Judged> {
  const byPerson = !nullSender && (kind === 'reply' || kind === 'unknown')
  const owner = await ownerOf(tx, named, null)
  if (!byPerson) return { state: 'ignored', kind, wantsToLeave, findings: [] }
  if (!owner || owner.subscriberId === null)
    return { state: 'unplaced', kind: 'left', wantsToLeave, findings: [] }
  // Whoever has a mail of ours may leave by it, also after a move.
  const finding = { ...placedOf(owner), current: true, eventId: null, kind: 'left' as const, ...nothingSaid }
  return { state: 'judged', kind: 'left', wantsToLeave, findings: [finding] }
}

const nothingSaid = { class: null, status: null, code: null, words: '' }

async function judgeReport(
  tx: Tx,
  named: Named | null,
  reading: Reading & { kind: 'bounce' | 'complaint' },
): Promise<Judged> {
  const { kind, recipients, wantsToLeave } = reading
  const unplaced: Judged = { state: 'unplaced', kind, wantsToLeave, findings: [] }
  if (!named) return unplaced
  const told = await recipientFor(tx, named, recipients)
  if (!told) return unplaced
  const { owner, recipient } = told
  if (kind === 'complaint') {
    const finding = { ...placedOf(owner), eventId: null, kind, ...nothingSaid, words: recipient?.words ?? '' }
    return { state: 'judged', kind, wantsToLeave, findings: [finding] }
  }
  if (!recipient || recipient.class === null) return unplaced
  const { class: verdict, status, code, words } = recipient
  const finding = { ...placedOf(owner), eventId: null, kind, class: verdict, status, code, words }
  return { state: 'judged', kind, wantsToLeave, findings: [finding] }
}

/** Each of our mails has one recipient: the one that is named by our address, or the only one there is. */
async function recipientFor(
  tx: Tx,
  named: Named,
  recipients: Recipient[],
): Promise<{ owner: Owner; recipient: Recipient | undefined } | null> {
  const owner = await ownerOf(tx, named, null)
  if (!owner) return null
  const own = recipients.find(({ address }) => address.toLowerCase() === owner.email?.toLowerCase())
  const recipient = own ?? (recipients.length === 1 ? recipients[0] : undefined)
  if (!recipient) return recipients.length === 0 ? { owner, recipient } : null
  return { owner: (await ownerOf(tx, named, recipient.address)) ?? owner, recipient }
}

/** What the verdict keeps of an owner; the address stays with the reader. */
function placedOf({ subscriberId, editionId, deliveryId, domain, current }: Owner) {
  return { subscriberId, editionId, deliveryId, domain, current }
}
