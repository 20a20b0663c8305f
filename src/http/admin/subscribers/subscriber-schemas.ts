/** Shapes of subscribers in the operator's API. */
import { Type } from 'typebox'
import { frequencies, statuses } from '../../../subscribers/subscriber.js'
import { why } from '../guard/schemas.js'
import { day, instant, orNull, paging } from '../../contract/json-schemas.js'

const status = Type.Enum([...statuses])
const frequency = Type.Enum([...frequencies])
const timezone = Type.String({ minLength: 1, maxLength: 100, examples: ['Europe/Paris'] })
const source = Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\x00-\\x1f\\x7f]*$' })

export const subscriber = Type.Object(
  {
    id: Type.Integer(),
    email: Type.String(),
    domain: Type.String(),
    status,
    frequency,
    timezone: orNull(Type.String()),
    hour: orNull(Type.Integer({ minimum: 0, maximum: 23 })),
    pausedUntil: orNull(day),
    source: orNull(Type.String()),
    confirmedAt: orNull(instant),
    unsubscribedAt: orNull(instant),
    createdAt: instant,
    updatedAt: instant,
    suppressed: orNull(Type.String({ description: 'Why the address must not be mailed' })),
  },
  {
    examples: [
      {
        id: 17,
        email: 'ada@example.org',
        domain: 'example.org',
        status: 'active',
        frequency: 'daily',
        timezone: null,
        hour: null,
        pausedUntil: null,
        source: 'blog',
        confirmedAt: '2026-08-04T09:30:00.000Z',
        unsubscribedAt: null,
        createdAt: '2026-08-04T09:28:11.000Z',
        updatedAt: '2026-08-04T09:30:00.000Z',
        suppressed: null,
      },
    ],
  },
)

const mail = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  edition: orNull(Type.String()),
  status: Type.String(),
  reason: orNull(Type.String()),
  relay: orNull(Type.String()),
  code: orNull(Type.Integer()),
  enhanced: orNull(Type.String()),
  reply: orNull(Type.String()),
  attempts: Type.Integer(),
  createdAt: instant,
  settledAt: orNull(instant),
})

const consent = Type.Object({
  action: Type.String(),
  at: instant,
  ip: orNull(Type.String()),
  userAgent: orNull(Type.String()),
  source: orNull(Type.String()),
  text: orNull(Type.String()),
})

const change = Type.Object({
  id: Type.String(),
  at: instant,
  who: Type.String(),
  action: Type.String(),
  before: Type.Unknown(),
  after: Type.Unknown(),
  why: orNull(Type.String()),
})

export const history = Type.Object({
  mails: Type.Array(mail),
  consents: Type.Array(consent),
  changes: Type.Array(change),
})

const filters = {
  q: Type.Optional(
    Type.String({ maxLength: 254, description: 'Part of an address, or `@domain` for all of a domain' }),
  ),
  status: Type.Optional(status),
  frequency: Type.Optional(frequency),
  source: Type.Optional(Type.String({ maxLength: 100 })),
  createdSince: Type.Optional(instant),
  createdBefore: Type.Optional(instant),
}

export const listQuery = Type.Object(
  {
    ...paging,
    ...filters,
    sort: Type.Enum(['-createdAt', 'createdAt', 'email', '-email'], { default: '-createdAt' }),
  },
  { additionalProperties: false },
)

export const addition = Type.Object(
  {
    email: Type.String({ minLength: 1, maxLength: 320 }),
    confirm: Type.Boolean({
      default: true,
      description: 'Mail a confirmation; false: the operator vouches for consent',
    }),
    frequency: Type.Optional(frequency),
    timezone: Type.Optional(timezone),
    source: Type.Optional(source),
    reason: why,
  },
  {
    additionalProperties: false,
    examples: [{ email: 'ada@example.org', confirm: false, source: 'conference', reason: 'signed our list' }],
  },
)

export const changes = Type.Object(
  {
    frequency: Type.Optional(frequency),
    timezone: Type.Optional(orNull(timezone)),
    hour: Type.Optional(orNull(Type.Integer({ minimum: 0, maximum: 23 }))),
    pausedUntil: Type.Optional(orNull(day)),
    source: Type.Optional(orNull(source)),
    reason: why,
  },
  {
    additionalProperties: false,
    minProperties: 1,
    examples: [{ frequency: 'weekly', reason: 'asked by mail' }],
  },
)

export const byId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) })
export const reasonBody = Type.Object({ reason: why }, { additionalProperties: false })
