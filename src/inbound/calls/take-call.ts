/** Takes a provider's call: its signature is checked, and what it tells is written down before it is answered. */
import type { ProviderEvent, ProviderName } from '../providers/event.js'
import type { Call, Checked } from '../providers/call.js'
import { providers } from '../providers/providers.js'
import { checkSns, snsMessageOf } from '../providers/sns.js'
import type { Services } from '../../services.js'
import { eventsOf } from '../taking/judge-call.js'
import { takeIn } from '../taking/take-in.js'
import type { SnsClient } from './sns-client.js'

export type CallServices = Pick<Services, 'db' | 'clock' | 'config'> & { sns: SnsClient }

/**
 * - `absent`: this way in is not configured.
 * - `refused`: forged, too old, or of a topic that is not ours.
 * - `known`: told before.
 * - `nothing`: genuine, and nothing follows from it.
 */
export type CallOutcome = 'taken' | 'known' | 'nothing' | 'refused' | 'absent'

/** @throws CallFault when SNS does not give its certificate: the provider calls again. */
export async function takeCall(
  services: CallServices,
  provider: ProviderName,
  call: Call,
): Promise<CallOutcome> {
  const now = services.clock.now()
  const checked = await check(services, provider, call, now)
  if (checked === null) return 'absent'
  if (checked.state !== 'genuine') return 'refused'
  const once = checked.once ?? null
  const told = eventsOf({ via: provider, raw: call.body, eventId: once })
  if (!told.some((event) => matters(event, services.config.measure.clicks))) return 'nothing'
  const incoming = { via: provider, raw: call.body, sentTo: [], nullSender: true, once, at: now }
  return services.db.transaction('request', (tx) => takeIn(tx, incoming))
}

const matters = ({ kind }: ProviderEvent, measures: boolean): boolean =>
  kind === 'bounce' ||
  kind === 'complaint' ||
  kind === 'left' ||
  (measures && (kind === 'opened' || kind === 'clicked'))

/** Null for a way in that is not configured. */
async function check(
  services: CallServices,
  provider: ProviderName,
  call: Call,
  now: Date,
): Promise<Checked | null> {
  const { inboundSecrets } = services.config
  if (provider === 'ses') {
    return inboundSecrets.ses === undefined ? null : checkSes(services, inboundSecrets.ses, call, now)
  }
  const secret = inboundSecrets[provider]
  return secret === undefined ? null : providers[provider].check(call, secret, now)
}

async function checkSes({ sns }: CallServices, topics: string[], call: Call, now: Date): Promise<Checked> {
  const message = snsMessageOf(call, topics)
  if (!message) return { state: 'forged' }
  const checked = checkSns(message, await sns.certificate(message.certificateUrl), now)
  if (checked.state === 'genuine' && message.subscribeUrl) await sns.confirm(message.subscribeUrl)
  return checked
}
