/** An edition as one reader would see it, but with links that open nothing. */
import { openComposer } from '../../deliveries/composing/compose.js'
import { nobody, type Outgoing } from '../../deliveries/ledger/delivery.js'
import { readCompiled, type Edition } from '../../editions/store.js'
import { isNothing } from '../../editions/personal/pool/orders.js'
import { readOwnChoice } from '../../editions/personal/mail/own-edition.js'
import { Problem } from '../../errors.js'
import { parseMail } from '../../mail/message/parse.js'
import type { CompiledMail, Fragments } from '../../mail/message/compiled.js'
import type { Services } from '../../services.js'
import { inertLinks } from '../../subscribers/links.js'
import { int } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { type Author, wasWritten, writeAudit } from '../audit.js'
import type { SubscriberRow } from '../subscribers/list.js'
import { readSubscriber } from '../subscribers/read.js'

type PreviewServices = Pick<Services, 'db' | 'clock' | 'config' | 'secrets'>

/**
 * The reader as whom an edition is looked at; that somebody looked goes into the audit log.
 * @throws Problem `not-found`.
 */
export function previewedReader(
  { db, clock }: PreviewServices,
  { period }: Edition,
  subscriberId: number,
  author: Author,
): Promise<SubscriberRow> {
  return db.transaction('request', async (tx) => {
    await tx.run(lockReader, [subscriberId])
    const reader = await readSubscriber(tx, subscriberId)
    const change = { action: 'subscriber.previewed', target: `subscriber:${subscriberId}`, after: { period } }
    const since = new Date(clock.now().getTime() - lookMs)
    if (!(await wasWritten(tx, author, change, since))) await writeAudit(tx, clock, author, change)
    return reader
  })
}

/** What the desk shows beside each other, and once more on a closer look, is one look. */
const lookMs = 10 * 60_000

/** The parts of one page ask at once. */
const lockReader = statement({
  text: 'SELECT FROM subscriber WHERE id = $1 FOR NO KEY UPDATE',
  parameters: [int],
  columns: {},
})

/** The part as it is mailed: to a reader as whom it is looked at, or to whoever has no choice of their own. */
export async function previewFor(
  services: PreviewServices,
  edition: Edition,
  part: 'html' | 'text',
  subscriberId: number | undefined,
): Promise<string> {
  const own = subscriberId === undefined ? null : await ownPart(services, edition, part, subscriberId)
  return own ?? commonPart(services, edition, part)
}

/** The part of a reader's own message; null where they get what all get. */
async function ownPart(
  services: PreviewServices,
  edition: Edition,
  part: 'html' | 'text',
  subscriberId: number,
): Promise<string | null> {
  if (!(await readOwnChoice(services.db, edition.id, subscriberId))) return null
  const { message } = await previewMessage(services, edition, 'reader@example.org', subscriberId)
  const parsed = await parseMail(Buffer.concat(message).toString('utf8'))
  return parsed[part]
}

async function commonPart(
  services: PreviewServices,
  edition: Edition,
  part: 'html' | 'text',
): Promise<string> {
  const compiled = await mustCompiled(services, edition)
  const { publicUrl } = services.config
  const links = inertLinks(publicUrl)
  const values = {
    UNSUBSCRIBE_URL: links.unsubscribe,
    PREFERENCES_URL: links.preferences,
    MINE_URL: links.mine,
    WEB_URL: `${publicUrl}/editions/${edition.period}`,
  }
  return Object.entries(values).reduce(
    (text, [token, value]) => text.replaceAll(`@@${token}@@`, value),
    joined(compiled[part]),
  )
}

/**
 * The whole message (RFC 5322) as it would go to that address: with the papers that were chosen for a reader, once
 * the edition is owed to them.
 */
export async function previewMessage(
  services: PreviewServices,
  edition: Edition,
  address: string,
  subscriberId?: number,
): Promise<Outgoing> {
  await mustCompiled(services, edition)
  const personal =
    subscriberId === undefined ? null : await readOwnChoice(services.db, edition.id, subscriberId)
  if (personal && isNothing(personal.order))
    throw new Problem(
      'conflict',
      'This reader gets no mail of this edition: they had or mute all its papers.',
    )
  const now = services.clock.now()
  const outgoing = await openComposer(services)({
    id: '0',
    claim: '',
    leaseEnds: Number.POSITIVE_INFINITY,
    kind: 'edition',
    editionId: edition.id,
    subscriberId: nobody,
    epoch: null,
    detail: null,
    address,
    domain: address.slice(address.lastIndexOf('@') + 1),
    payload: null,
    attempts: 0,
    was: 'due',
    dueAt: now,
    expiresAt: now,
    createdAt: now,
    place: null,
    ...(personal && { personal }),
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
  const compiled = await readCompiled(db, edition.id)
  if (!compiled) throw new Problem('conflict', `The edition is ${edition.status} and has no mail to show.`)
  return compiled
}
