/** Shapes of editions in the operator's API. */
import { editionKinds, editionStatuses } from '../../../editions/edition.js'
import { measuredSchema } from '../../../deliveries/measuring/count.js'
import { givenUp, retryChoices } from '../../../deliveries/reports/retry-deliveries.js'
import { Type } from 'typebox'
import { why } from '../guard/schemas.js'
import { day, instant, orNull, paging } from '../../contract/json-schemas.js'
import { deliveryStatuses } from '../../../mail/delivery-status.js'

const editionStatus = Type.Enum([...editionStatuses])

const paper = Type.Object({
  id: Type.String(),
  rank: Type.Integer(),
  title: Type.String(),
  votes: Type.Integer(),
  comments: Type.Integer(),
  note: orNull(Type.String()),
})

const fields = {
  id: Type.Integer(),
  kind: Type.Enum([...editionKinds]),
  period: Type.String({ examples: ['2026-08-04', '2026-W32'] }),
  day,
  number: orNull(Type.Integer()),
  status: editionStatus,
  reason: orNull(Type.String({ description: 'Why there is none, why it is held, why it was cancelled' })),
  subject: orNull(Type.String()),
  preheader: orNull(Type.String()),
  sendAt: orNull(instant),
  frozenAt: orNull(instant),
  fannedOutAt: orNull(instant),
  finishedAt: orNull(instant),
  updatedAt: instant,
}

export const editionSummary = Type.Object(fields)
export const edition = Type.Object({
  ...fields,
  papers: orNull(Type.Array(paper)),
  next: Type.String({ description: 'What happens next' }),
})

const finding = Type.Object({ gate: Type.String(), detail: Type.String() })

export const dryRun = Type.Object({
  readers: Type.Integer(),
  leftOut: Type.Array(Type.Object({ reason: Type.String(), count: Type.Integer() })),
  since: orNull(
    Type.Object({
      period: Type.String(),
      readers: Type.Integer(),
      joined: Type.Integer(),
      left: Type.Integer(),
    }),
  ),
  findings: Type.Array(finding),
  summary: Type.String({ examples: ['48,213 would get it; not: 12 suppressed: bounced.'] }),
})

const counts = (names: readonly string[]) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, Type.Integer()])))

export const report = Type.Object({
  measured: orNull({
    ...measuredSchema,
    description:
      'With `MEASURE`: mails that were opened, and in which a link was followed. `person` pressed a button on our page, `likely` is a person in all likelihood, `machine` a scanner; null where nothing was measured.',
  }),
  editionId: Type.Integer(),
  kind: Type.String(),
  period: Type.String(),
  status: editionStatus,
  reason: orNull(Type.String({ description: 'Why there is none, why it is held or was cancelled' })),
  fannedOutAt: orNull(instant),
  finishedAt: orNull(instant),
  owed: Type.Integer(),
  byStatus: counts(deliveryStatuses),
  notSent: Type.Array(Type.Object({ status: Type.String(), why: Type.String(), count: Type.Integer() })),
  attempts: counts(['accepted', 'deferred', 'rejected', 'in_doubt']),
  byDomain: Type.Array(
    Type.Object({
      domain: Type.String(),
      owed: Type.Integer(),
      accepted: Type.Integer(),
      deferred: Type.Integer(),
      rejected: Type.Integer(),
    }),
  ),
})

export const progress = Type.Object({
  status: editionStatus,
  owed: Type.Integer(),
  settled: Type.Integer(),
  accepted: Type.Integer(),
  perSecond: Type.Number(),
  secondsLeft: orNull(Type.Number()),
  nextDueAt: orNull(instant),
  held: Type.Integer({ description: 'Mails in doubt that are held for a human' }),
})

export const delivery = Type.Object({
  id: Type.String(),
  subscriberId: orNull(Type.Integer()),
  domain: Type.String(),
  status: Type.Enum([...deliveryStatuses]),
  reason: orNull(Type.String()),
  attempts: Type.Integer(),
  relay: orNull(Type.String()),
  code: orNull(Type.Integer()),
  enhanced: orNull(Type.String()),
  reply: orNull(Type.String()),
  dueAt: orNull(instant),
  settledAt: orNull(instant),
})

export const sentNow = Type.Object({
  deliveryId: Type.String(),
  outcome: Type.Enum([...deliveryStatuses], {
    description: 'Where the ledger has it: `accepted` is the relay’s 250, `due` no relay to be reached',
  }),
  relay: Type.String(),
  reply: Type.String(),
})

export const deliveryQuery = Type.Object(
  {
    ...paging,
    status: Type.Optional(Type.Enum([...deliveryStatuses])),
    domain: Type.Optional(Type.String({ maxLength: 253 })),
    code: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
  },
  { additionalProperties: false },
)

export const listQuery = Type.Object(
  {
    ...paging,
    kind: Type.Optional(Type.Enum([...editionKinds])),
    status: Type.Optional(editionStatus),
  },
  { additionalProperties: false },
)

export const byPeriod = Type.Object({
  period: Type.String({
    pattern: '^\\d{4}-(\\d{2}-\\d{2}|W\\d{2})$',
    description: 'A day such as 2026-08-04, or a week such as 2026-W32',
  }),
})

export const retryBody = Type.Object(
  {
    only: Type.Array(Type.Enum([...retryChoices]), { minItems: 1, uniqueItems: true, default: givenUp }),
    domain: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
    reason: why,
  },
  { additionalProperties: false, examples: [{ only: ['failed'], domain: 'example.org' }] },
)
