/** Sends owed alerts by mail and by signed webhook (standardwebhooks.com), again and again until taken. */
import { Webhook } from 'standardwebhooks'
import { deriveKey, type Secrets } from '../../config/secrets.js'
import { messageOf } from '../../errors.js'
import { assembleMail, prepareMail } from '../../mail/assemble.js'
import { compileLetter } from '../../mail/compile-letter.js'
import type { Services } from '../../services.js'

export type SendServices = Pick<Services, 'db' | 'clock' | 'config' | 'secrets' | 'mailer' | 'log'>

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

/** What receivers check signatures with; derived, so that it need not be kept. */
export function webhookSecret(secrets: Secrets): string {
  return `whsec_${deriveKey(secrets.keys[0], 'alert webhooks').toString('base64')}`
}

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
    await (owed.url.startsWith('mailto:') ? sendMail(services, owed) : sendWebhook(services, owed))
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
async function sendWebhook({ clock, secrets }: SendServices, owed: Owed): Promise<void> {
  const id = `alert_${owed.alertId}_${owed.at.getTime()}`
  const at = clock.now()
  const body = JSON.stringify({ type: `alert.${owed.kind}`, timestamp: owed.at, data: { text: owed.text } })
  const answer = await fetch(owed.url, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(webhookSecret(secrets)).sign(id, at, body),
    },
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`)
}

async function sendMail({ config, mailer, clock }: SendServices, owed: Owed): Promise<void> {
  const to = owed.url.slice('mailto:'.length)
  const compiled = await compileLetter({
    subject: `${config.publication}: ${owed.kind.replaceAll('-', ' ')}`,
    heading: 'This needs you',
    preheader: owed.text,
    paragraphs: [owed.text],
    button: { label: 'Open the desk', url: `${config.publicUrl}/admin` },
    smallPrint: ['You get this because the settings of alerts name your address.'],
    publication: config.publication,
  })
  const { address } = config.mailFrom
  const message = await assembleMail(prepareMail(compiled), {
    from: config.mailFrom,
    to,
    messageId: `alert.${owed.alertId}.${owed.at.getTime()}@${address.slice(address.lastIndexOf('@') + 1)}`,
    date: clock.now(),
    values: {
      UNSUBSCRIBE_URL: config.publicUrl,
      PREFERENCES_URL: config.publicUrl,
      WEB_URL: config.publicUrl,
    },
  })
  const tried = await mailer.send({ from: address, to }, message)
  if (tried.outcome !== 'accepted') throw new Error('reply' in tried ? tried.reply : tried.fault)
}
