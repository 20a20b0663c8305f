/** All that is kept about one reader, for the reader. */
import type { Queries } from '../../db/client.js'
import { utcDay } from '../../clock.js'

/**
 * An object for JSON; null when there is no such subscriber. Hashes of tokens are left out: they are no use. So is
 * what would tell of others: of a mail to another address than the reader's own only that it was asked for, and
 * of tries no word of the receiver.
 */
export async function readOwnData(db: Queries, subscriberId: number): Promise<object | null> {
  const row = await db.models.subscriber.findUnique({
    where: { id: subscriberId },
    include: {
      consents: { omit: { id: true, subscriberId: true }, orderBy: { id: 'asc' } },
      tokens: { omit: { hash: true, subscriberId: true }, orderBy: { createdAt: 'asc' } },
      deliveries: { include: { edition: { select: { period: true } }, tries }, orderBy: { id: 'asc' } },
    },
  })
  if (!row) return null
  const { id: _id, emailKey, domain: _domain, epoch: _epoch, disposable, ...rest } = row
  const { consents, tokens, deliveries, ...subscriber } = rest
  const pausedUntil = subscriber.pausedUntil && utcDay(subscriber.pausedUntil)
  return {
    subscriber: { ...subscriber, pausedUntil, disposableDomain: disposable },
    consents,
    links: tokens.map(({ payload, ...token }) => ({
      ...token,
      asksFor: token.kind === 'confirm' ? payload : null,
    })),
    mails: deliveries.map((delivery) => (isToReader(delivery) ? mailOf(delivery) : askedFor(delivery))),
    suppression: await db.models.suppression.findUnique({
      select: { reason: true, detail: true, createdAt: true },
      where: { emailKey },
    }),
  }
}

const tries = { select: { at: true, outcome: true }, orderBy: { id: 'asc' } } as const

type Mail = {
  kind: string
  status: string
  reason: string | null
  toAddress: string | null
  payload: unknown
  createdAt: Date
  settledAt: Date | null
  edition: { period: string } | null
  tries: object[]
}

function isToReader({ kind, payload, toAddress }: Mail): boolean {
  return toAddress === null && (kind !== 'confirmation' || aboutOf(payload) === 'signup')
}

const aboutOf = (payload: unknown): unknown =>
  typeof payload === 'object' && payload !== null && 'about' in payload ? payload.about : undefined

const mailOf = ({ kind, edition, status, reason, createdAt, settledAt, tries }: Mail) => ({
  kind,
  edition: edition?.period ?? null,
  status,
  reason,
  createdAt,
  settledAt,
  tries,
})

const askedFor = ({ kind, createdAt }: Mail) => ({ kind, createdAt })
