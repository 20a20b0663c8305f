/** What the events of a provider's call mean: for whom, and whether anything follows. */
import type { Tx } from '../../db/client.js'
import { recordReported } from '../../deliveries/measuring/record.js'
import type { Finding } from '../../deliveries/returns/finding.js'
import { jsonOf } from '../providers/call.js'
import { fieldsOf, type ProviderEvent } from '../providers/event.js'
import { providers } from '../providers/providers.js'
import { sesEvents } from '../providers/ses.js'
import { snsMessageOf } from '../providers/sns.js'
import type { Judged, JudgeServices, Waiting } from './judged.js'
import { lastOwnerOf, mailNamed, ownerOf } from './place.js'

export async function judgeCall(
  tx: Tx,
  { secrets, config }: Pick<JudgeServices, 'secrets' | 'config'>,
  waiting: Waiting,
): Promise<Judged> {
  const findings: Judged['findings'] = []
  let unplaced = 0
  for (const event of eventsOf(waiting)) {
    const kind = kindOf(event)
    const measured = config.measure.clicks ? measuredOf(event) : null
    if (kind === null && measured === null) continue
    const named = mailNamed(secrets, {
      addresses: event.returnPath === null ? [] : [event.returnPath],
      messageId: event.messageId,
    })
    const owner = named ? await ownerOf(tx, named, event.address) : await lastOwnerOf(tx, event.address)
    if (!owner) {
      if (kind !== null) unplaced += 1
      continue
    }
    const { editionId, subscriberId } = owner
    if (measured !== null && editionId !== null && subscriberId !== null) {
      await recordReported(
        tx,
        { editionId, subscriberId },
        { kind: measured, machine: event.machine, at: event.at },
      )
    }
    if (kind === null) continue
    const { email: _, ...placed } = owner
    findings.push({
      ...placed,
      eventId: `${event.provider} ${event.id}`,
      kind,
      class: kind === 'bounce' && event.class !== 'complaint' ? event.class : null,
      status: event.status,
      code: event.code,
      words: event.words,
    })
  }
  const state = unplaced > 0 ? 'unplaced' : findings.length > 0 ? 'judged' : 'ignored'
  return { state, kind: 'call', wantsToLeave: false, findings }
}

/** The events of a call that was found to be genuine. */
export function eventsOf({
  via,
  raw: body,
  eventId,
}: Pick<Waiting, 'via' | 'raw' | 'eventId'>): ProviderEvent[] {
  if (via === 'lmtp' || via === 'smtp' || via === 'imap') return []
  if (via !== 'ses') return providers[via].events({ headers: { 'webhook-id': eventId ?? undefined }, body })
  const topic = fieldsOf(jsonOf(body))['TopicArn']
  const message = typeof topic === 'string' ? snsMessageOf({ headers: {}, body }, [topic]) : null
  return message ? sesEvents(message) : []
}

/** Null where nothing follows from it. */
function kindOf({ kind, class: verdict }: ProviderEvent): Finding['kind'] | null {
  if (kind === 'bounce') return verdict === null ? null : 'bounce'
  return kind === 'complaint' || kind === 'left' ? kind : null
}

/** Null for what is no reading. */
const measuredOf = ({ kind }: ProviderEvent): 'opened' | 'clicked' | null =>
  kind === 'opened' || kind === 'clicked' ? kind : null
