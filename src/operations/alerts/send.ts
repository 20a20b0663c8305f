/** Calls the webhooks that alerts are owed to (standardwebhooks.com), again and again until they are taken. */
import type { RowChange } from '../../db/queries/tables.js'
import { messageOf } from '../../errors.js'
import type { Services } from '../../services.js'
import { callWebhook, mostTries, nextTry } from '../webhooks/call.js'

export type SendServices = Pick<Services, 'db' | 'clock' | 'secrets' | 'log' | 'config'>

type Owed = {
  id: number
  alertId: number
  url: string
  attempts: number
  kind: string
  text: string
  at: Date
}

/** A claim that came to nothing is taken up again by then. */
const retryAfterMs = 60_000

/** Tries what is due once. One process at a time has a row: claiming moves its time on. */
export async function sendAlerts(services: SendServices): Promise<void> {
  const now = services.clock.now()
  const later = new Date(now.getTime() + retryAfterMs)
  const owed = await services.db.tables
    .updateTable('alert_send')
    .from('alert')
    .set((send) => ({ due_at: later, attempts: send('alert_send.attempts', '+', 1) }))
    .whereRef('alert.id', '=', 'alert_send.alert_id')
    .where('alert_send.id', 'in', (send) =>
      send
        .selectFrom('alert_send')
        .select('id')
        .where('status', '=', 'due')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(20)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['alert_send.id', 'alert_send.alert_id as alertId', 'alert_send.url', 'alert_send.attempts'])
    .returning(['alert.kind', 'alert.text', 'alert.at'])
    .execute()
  for (const one of owed) await trySend(services, one)
}

async function trySend(services: SendServices, owed: Owed): Promise<void> {
  const now = services.clock.now()
  try {
    const { alertId, at, kind, text } = owed
    const id = `alert_${alertId}_${at.getTime()}`
    await callWebhook(services, owed.url, { id, type: `alert.${kind}`, at, data: { text } })
    await settle(services, owed.id, { status: 'taken', due_at: null, settled_at: now, fault: null })
  } catch (error) {
    const fault = messageOf(error).slice(0, 300)
    const last = owed.attempts >= mostTries
    const next = nextTry(now, owed.attempts)
    const ends = last
      ? ({ status: 'given_up', due_at: null, settled_at: now } as const)
      : ({ status: 'due', due_at: next, settled_at: null } as const)
    await settle(services, owed.id, { ...ends, fault })
    services.log.warn({ alert: owed.alertId, tries: owed.attempts, last }, 'an alert was not taken')
  }
}

async function settle({ db }: SendServices, id: number, outcome: RowChange<'alert_send'>): Promise<void> {
  await db.tables.updateTable('alert_send').set(outcome).where('id', '=', id).execute()
}
