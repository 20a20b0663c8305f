/** What a webhook is told of an event. */
import type { CallServices, WebhookMessage } from './call.js'

/** An event as it happened: to a reader or to an edition. */
export type Happened = {
  eventId: string
  type: string
  at: Date
  subscriberId: number | null
  editionId: number | null
  reason: string | null
}

/** Read when it is told: of a reader who was erased meanwhile there is nothing but the number. */
export async function messageOfEvent(
  { db: { tables }, config }: CallServices,
  event: Happened,
): Promise<WebhookMessage> {
  const { type, at } = event
  const id = `event_${event.eventId}_${at.getTime()}`
  if (event.editionId !== null) {
    const edition = await tables
      .selectFrom('edition')
      .select(['kind', 'period', 'number', 'subject'])
      .where('id', '=', event.editionId)
      .executeTakeFirstOrThrow()
    return {
      id,
      type,
      at,
      data: { edition: { ...edition, url: `${config.publicUrl}/editions/${edition.period}` } },
    }
  }
  const reader = await tables
    .selectFrom('subscriber')
    .select(['email', 'status', 'frequency', 'source'])
    .where('id', '=', event.subscriberId ?? 0)
    .executeTakeFirst()
  const subscriber = reader ? { id: event.subscriberId, ...reader } : { id: event.subscriberId, erased: true }
  return { id, type, at, data: { subscriber, ...(event.reason !== null && { reason: event.reason }) } }
}
