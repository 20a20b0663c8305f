/** All that is kept about one reader, for the reader. */
import type { Queries } from '../../db/client.js'
import { Type } from 'typebox'
import { utcDay } from '../../clock.js'
import { int, json, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'

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
      interests: { omit: { subscriberId: true }, orderBy: { n: 'asc' } },
      feedback: { omit: { subscriberId: true, n: true }, orderBy: { at: 'asc' } },
      readingList: { select: { reminder: true } },
    },
  })
  if (!row) return null
  const { id: _id, emailKey, domain: _domain, epoch: _epoch, disposable, ...rest } = row
  const { consents, tokens, interests, feedback, readingList, ...subscriber } = rest
  const mails = await db.run(mailsOfReader, [subscriberId])
  const pausedUntil = subscriber.pausedUntil && utcDay(subscriber.pausedUntil)
  return {
    subscriber: { ...subscriber, pausedUntil, disposableDomain: disposable },
    consents,
    interests,
    feedback,
    readingList,
    links: tokens.map(({ payload, ...token }) => ({
      ...token,
      asksFor: token.kind === 'confirm' ? payload : null,
    })),
    mails: mails.map((mail) => (isToReader(mail) ? mailOf(mail) : askedFor(mail))),
    measured: await db.models.measuredHit.findMany({
      select: { link: true, at: true, verdict: true, edition: { select: { period: true } } },
      where: { subscriberId },
      orderBy: [{ at: 'asc' }, { link: 'asc' }],
    }),
    suppression: await db.models.suppression.findUnique({
      select: { reason: true, detail: true, createdAt: true },
      where: { emailKey },
    }),
  }
}

const mailsOfReader = statement({
  text: `SELECT d.kind, e.period, d.status, d.reason, d.to_address AS "toAddress", d.payload,
      d.created_at AS "createdAt", d.settled_at AS "settledAt",
      CASE WHEN d.batch_id IS NOT NULL AND d.status = 'accepted'
        THEN jsonb_build_array(jsonb_build_object('at', d.settled_at, 'outcome', d.status))
        ELSE (SELECT coalesce(jsonb_agg(jsonb_build_object('at', a.at, 'outcome', a.outcome) ORDER BY a.id), '[]')
              FROM attempt a WHERE a.delivery_id = d.id) END AS tries
    FROM mails_of($1) d LEFT JOIN edition e ON e.id = d.edition_id ORDER BY d.created_at, d.id`,
  parameters: [int],
  columns: {
    kind: text,
    period: nullable(text),
    status: text,
    reason: nullable(text),
    toAddress: nullable(text),
    payload: nullable(json(Type.Unknown())),
    createdAt: timestamptz,
    settledAt: nullable(timestamptz),
    tries: json(Type.Array(Type.Object({ at: Type.String(), outcome: Type.String() }))),
  },
})
type Mail = RowOf<typeof mailsOfReader>

function isToReader({ kind, payload, toAddress }: Mail): boolean {
  return toAddress === null && (kind !== 'confirmation' || aboutOf(payload) === 'signup')
}

const aboutOf = (payload: unknown): unknown =>
  typeof payload === 'object' && payload !== null && 'about' in payload ? payload.about : undefined

const mailOf = ({ kind, period, status, reason, createdAt, settledAt, tries }: Mail) => ({
  kind,
  edition: period,
  status,
  reason,
  createdAt,
  settledAt,
  tries,
})

const askedFor = ({ kind, createdAt }: Mail) => ({ kind, createdAt })
