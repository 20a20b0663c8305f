/** Calls the webhooks that alerts are owed to (standardwebhooks.com), again and again until they are taken. */
import { Webhook } from 'standardwebhooks'
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

/** Tries what is due once. One process at a time has a row: claiming moves its time on. */
export async function sendAlerts(services: SendServices): Promise<void> {
  const now = services.clock.now()
  const owed = await services.db.sql<Owed>(
    `UPDATE alert_send s SET due_at = $1::timestamptz + interval '1 minute', attempts = s.attempts + 1
     FROM alert a WHERE a.id = s.alert_id AND s.id IN (
       SELECT id FROM alert_send WHERE status = 'due' AND due_at <= $1 ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED)
     RETURNING s.id, s.alert_id AS "alertId", s.url, s.attempts, a.kind, a.text, a.at`,
    [now],
  )
  for (const one of owed) await trySend(services, one)
}

async function trySend(services: SendServices, owed: Owed): Promise<void> {
  const now = services.clock.now()
  try {
    await callWebhook(services, owed)
    await services.db.sql(
      `UPDATE alert_send SET status = 'taken', due_at = NULL, settled_at = $2, fault = NULL WHERE id = $1`,
      [owed.id, now],
    )
  } catch (error) {
    const fault = messageOf(error).slice(0, 300)
    const last = owed.attempts >= mostTries
    const next = new Date(now.getTime() + Math.min(3600, 15 * 2 ** owed.attempts) * 1000)
    await services.db.sql(
      `UPDATE alert_send SET status = $2, due_at = $3, settled_at = $4, fault = $5 WHERE id = $1`,
      [owed.id, last ? 'given_up' : 'due', last ? null : next, last ? now : null, fault],
    )
    services.log.warn({ alert: owed.alertId, tries: owed.attempts, last }, 'an alert was not taken')
  }
}

/** The id is the alert's own, so that a receiver can tell a repetition. */
async function callWebhook(services: SendServices, owed: Owed): Promise<void> {
  const id = `alert_${owed.alertId}_${owed.at.getTime()}`
  const at = services.clock.now()
  const body = JSON.stringify({ type: `alert.${owed.kind}`, timestamp: owed.at, data: { text: owed.text } })
  const secrets = await signingSecrets(services.db.sql, services, owed.url)
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
