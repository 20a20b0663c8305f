/** Calls the webhooks that alerts are owed to (standardwebhooks.com), again and again until they are taken. */
import type { Services } from '../../services.js'
import { type CallOutcome, tryCall } from '../webhooks/try-call.js'

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
  const { alertId, at, kind, text, attempts: tries } = owed
  const id = `alert_${alertId}_${at.getTime()}`
  const message = async () => ({ id, type: `alert.${kind}`, at, data: { text } })
  const outcome = await tryCall(services, owed, message)
  await settle(services, owed.id, outcome)
  if (outcome.status === 'taken') return
  const last = outcome.status === 'given_up'
  services.log.warn({ alert: alertId, tries, last }, 'an alert was not taken')
}

async function settle({ db }: SendServices, id: number, outcome: CallOutcome): Promise<void> {
  await db.tables.updateTable('alert_send').set(outcome).where('id', '=', id).execute()
}
