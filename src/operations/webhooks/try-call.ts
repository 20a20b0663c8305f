/** One try at a call that is owed to a webhook, and what that makes of its row. */
import { waitAfter } from '../../backoff.js'
import { messageOf } from '../../errors.js'
import { callWebhook, type CallServices, type WebhookMessage } from './call.js'

/** So often a call is tried: four hours in all. */
const mostTries = 10
const waits = { firstMs: 30_000, longestMs: 3_600_000 }

/** `attempts` counts this try. */
export type OwedCall = { url: string; attempts: number }

export type CallOutcome = {
  status: 'due' | 'taken' | 'given_up'
  due_at: Date | null
  settled_at: Date | null
  fault: string | null
}

export async function tryCall(
  services: CallServices,
  { url, attempts }: OwedCall,
  message: () => Promise<WebhookMessage>,
): Promise<CallOutcome> {
  const now = services.clock.now()
  try {
    await callWebhook(services, url, await message())
    return { status: 'taken', due_at: null, settled_at: now, fault: null }
  } catch (error) {
    const fault = messageOf(error).slice(0, 300)
    if (attempts >= mostTries) return { status: 'given_up', due_at: null, settled_at: now, fault }
    return { status: 'due', due_at: nextTry(now, attempts), settled_at: null, fault }
  }
}

export const nextTry = (now: Date, attempts: number): Date =>
  new Date(now.getTime() + waitAfter(attempts, waits))
