/** One signed call of a webhook (standardwebhooks.com). */
import { Webhook } from 'standardwebhooks'
import { callOut } from '../../network/call-out.js'
import { CallFault } from '../../network/exchange.js'
import type { Services } from '../../services.js'
import { signingSecrets } from './webhook-secret.js'

export type CallServices = Pick<Services, 'db' | 'clock' | 'secrets' | 'config'>

export type WebhookMessage = {
  /** The same at each try, so that a receiver can tell a repetition. */
  id: string
  type: string
  /** When it came about. */
  at: Date
  data: object
}

const timeoutMs = 10_000

/** @throws CallFault for every answer but 2xx, in words for operators. */
export async function callWebhook(
  services: CallServices,
  url: string,
  { id, type, at, data }: WebhookMessage,
): Promise<void> {
  const now = services.clock.now()
  const body = JSON.stringify({ type, timestamp: at, data })
  const secrets = await signingSecrets(services.db, services, url)
  const { status } = await callOut(url, {
    method: 'POST',
    allow: services.config.webhookAllow,
    timeoutMs,
    mostBytes: 0,
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
    },
  })
  if (status < 200 || status > 299) throw new CallFault(`the webhook answered ${status}`)
}
