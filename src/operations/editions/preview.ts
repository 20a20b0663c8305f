/** An edition as one reader would see it. */
import { openComposer } from '../../deliveries/sender/compose.js'
import { nobody, type Outgoing } from '../../deliveries/queue/delivery.js'
import { readCompiled, type Edition } from '../../editions/store.js'
import { Problem } from '../../errors.js'
import type { CompiledMail, Fragments } from '../../mail/message/compiled.js'
import type { Services } from '../../services.js'
import { preferencesUrl, unsubscribeUrl } from '../../subscribers/links.js'

type PreviewServices = Pick<Services, 'db' | 'clock' | 'config' | 'secrets'>

/** The part as it is mailed, with the links of that subscriber, or of nobody. */
export async function previewPart(
  services: PreviewServices,
  edition: Edition,
  part: 'html' | 'text',
  subscriberId: number = nobody,
): Promise<string> {
  const compiled = await mustCompiled(services, edition)
  const { secrets, config, clock } = services
  const values = {
    UNSUBSCRIBE_URL: unsubscribeUrl(secrets, config.publicUrl, subscriberId),
    PREFERENCES_URL: preferencesUrl(secrets, config.publicUrl, subscriberId, clock.now()),
    WEB_URL: `${config.publicUrl}/editions/${edition.period}`,
  }
  return Object.entries(values).reduce(
    (text, [token, value]) => text.replaceAll(`@@${token}@@`, value),
    joined(compiled[part]),
  )
}

/** The whole message (RFC 5322) as it would go to that address. */
export async function previewMessage(
  services: PreviewServices,
  edition: Edition,
  to: { address: string; subscriberId?: number },
): Promise<Outgoing> {
  await mustCompiled(services, edition)
  const now = services.clock.now()
  const outgoing = await openComposer(services)({
    id: '0',
    claim: '',
    leaseEnds: Number.POSITIVE_INFINITY,
    kind: 'edition',
    editionId: edition.id,
    subscriberId: to.subscriberId ?? nobody,
    address: to.address,
    domain: to.address.slice(to.address.lastIndexOf('@') + 1),
    payload: null,
    attempts: 0,
    was: 'due',
    dueAt: now,
    expiresAt: now,
    createdAt: now,
  })
  if (!outgoing) throw new Problem('conflict', 'The edition has no mail.')
  return outgoing
}

/** The HTML as it looks in one colour scheme, whatever that of the browser is. */
export function inScheme(html: string, scheme: 'light' | 'dark'): string {
  const query = scheme === 'dark' ? 'all' : 'not all'
  return html.replaceAll(/@media\s*\(prefers-color-scheme:\s*dark\)/g, `@media ${query}`)
}

const joined = ({ head, cards, foot }: Fragments) => head + cards.join('') + foot

async function mustCompiled({ db }: Pick<Services, 'db'>, edition: Edition): Promise<CompiledMail> {
  const compiled = await readCompiled(db.sql, edition.id)
  if (!compiled) throw new Problem('conflict', `The edition is ${edition.status} and has no mail to show.`)
  return compiled
}
