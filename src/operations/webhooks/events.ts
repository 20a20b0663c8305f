/** The log of what webhooks were told of, and telling it again. */
import type { Queries, Tx } from '../../db/client.js'
import type { columnValues } from '../../db/queries/columns.js'
import type { Clock } from '../../clock.js'
import { Problem } from '../../errors.js'
import { pageOf } from '../../format/cursor.js'
import { type Author, writeAudit } from '../audit.js'

export type ToldEvent = {
  id: string
  type: string
  at: Date
  subscriberId: number | null
  editionId: number | null
  sends: {
    place: string
    status: string
    attempts: number
    dueAt: Date | null
    settledAt: Date | null
    fault: string | null
  }[]
}

export type EventStatus = (typeof columnValues.eventSend.status)[number]

export type EventFilter = {
  type?: string | undefined
  /** Of the telling at one webhook at least. */
  status?: EventStatus | undefined
  before: string | null
  limit: number
}

/** The newest first. */
export async function listEvents(
  db: Queries,
  { type, status, before, limit }: EventFilter,
): Promise<{ items: ToldEvent[]; next: string | null }> {
  const rows = await db.models.event.findMany({
    where: {
      ...(type !== undefined && { type }),
      ...(status !== undefined && { sends: { some: { status } } }),
      ...(before !== null && { id: { lt: BigInt(before) } }),
    },
    include: { sends: { orderBy: { url: 'asc' } } },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  const items = rows.map(({ id, type: kind, at, subscriberId, editionId, sends }) => ({
    id: String(id),
    type: kind,
    at,
    subscriberId,
    editionId,
    sends: sends.map(({ url, status: state, attempts, dueAt, settledAt, fault }) => ({
      place: url,
      status: state,
      attempts,
      dueAt,
      settledAt,
      fault,
    })),
  }))
  return pageOf(items, limit, ({ id }) => [id])
}

export type Replay = {
  /** One event; otherwise those of a span. */
  id?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
  /** Those that were given up alone. */
  givenUp: boolean
}

/**
 * Makes events due again at the webhooks that they were owed to, with the ids that they had.
 * @returns how many calls are due again.
 * @throws Problem `not-found` for an event that there is not.
 */
export async function replayEvents(tx: Tx, clock: Clock, replay: Replay, author: Author): Promise<number> {
  const { id, since, until, givenUp } = replay
  const now = clock.now()
  const again = await tx.tables
    .updateTable('event_send')
    .from('event')
    .set({ status: 'due', due_at: now, attempts: 0, settled_at: null, fault: null })
    .whereRef('event.id', '=', 'event_send.event_id')
    .where('event_send.status', 'in', givenUp ? ['given_up'] : ['given_up', 'taken'])
    .$if(id !== undefined, (rows) => rows.where('event.id', '=', id ?? ''))
    .$if(since !== undefined, (rows) => rows.where('event.at', '>=', since ?? now))
    .$if(until !== undefined, (rows) => rows.where('event.at', '<', until ?? now))
    .executeTakeFirst()
  const calls = Number(again.numUpdatedRows)
  if (id !== undefined && calls === 0) {
    const known = await tx.models.event.findUnique({ where: { id: BigInt(id) }, select: { id: true } })
    if (!known) throw new Problem('not-found', 'No event has that number.')
  }
  const target = id === undefined ? 'events' : `event:${id}`
  await writeAudit(tx, clock, author, {
    action: 'events.replayed',
    target,
    after: { calls, givenUp, ...(since && { since }), ...(until && { until }) },
  })
  return calls
}
