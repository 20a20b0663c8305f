/** Calls the webhooks that alerts are owed to (standardwebhooks.com), again and again until they are taken. */
import { Webhook } from 'standardwebhooks'
import type { RowChange } from '../../db/queries/tables.js'
import { messageOf } from '../../errors.js'
import { CallFault, callOut } from '../../network/call-out.js'
import type { Services } from '../../services.js'
import { signingSecrets } from './webhook-secret.js'

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

const mostTries = 10
const timeoutMs = 10_000
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
    await callWebhook(services, owed)
    await settle(services, owed.id, { status: 'taken', due_at: null, settled_at: now, fault: null })
  } catch (error) {
    const fault = messageOf(error).slice(0, 300)
    const last = owed.attempts >= mostTries
    const next = new Date(now.getTime() + Math.min(3600, 15 * 2 ** owed.attempts) * 1000)
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

/** The id is the alert's own, so that a receiver can tell a repetition. */
async function callWebhook(services: SendServices, owed: Owed): Promise<void> {
  const id = `alert_${owed.alertId}_${owed.at.getTime()}`
  const at = services.clock.now()
  const body = JSON.stringify({ type: `alert.${owed.kind}`, timestamp: owed.at, data: { text: owed.text } })
  const secrets = await signingSecrets(services.db, services, owed.url)
  const { status } = await callOut(owed.url, {
    method: 'POST',
    allow: services.config.webhookAllow,
    timeoutMs,
    mostBytes: 0,
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    },
  })
  if (status < 200 || status > 299) throw new CallFault(`the webhook answered ${status}`)
}
