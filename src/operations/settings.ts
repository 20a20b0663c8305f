/** What an operator sets at run time: bounds of the gates, and where alerts go. */
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Clock } from '../clock.js'
import type { Queries, Tx } from '../db/client.js'
import { columnValues } from '../db/queries/columns.js'
import { takeLock } from '../db/lock.js'
import { Problem } from '../errors.js'
import { type Author, writeAudit } from './audit.js'
import { personalSchema, usualPersonal } from '../editions/personal/choosing/wishes.js'
import { settableBounds, usualGates } from '../editions/gates/gates.js'

const range = ({ minimum, maximum }: { minimum: number; maximum: number }) => ({ minimum, maximum })

/** What earlier releases did not know may be missing, in a call and in what is kept. */
const added = (bounds: { minimum: number; maximum: number; usual: number }) => ({
  ...range(bounds),
  default: bounds.usual,
})

const webhookUrl = Type.String({ pattern: '^https?://[^\\s]{1,1000}$' })

/** What webhooks are told of besides alerts. */
export const eventTypes = columnValues.event.type

export const settingsSchema = Type.Object(
  {
    gates: Type.Object(
      {
        sameShare: Type.Number({
          ...range(settableBounds.sameShare),
          description: 'Papers shared with the last edition',
        }),
        audienceShare: Type.Number(range(settableBounds.audienceShare)),
        audienceLeast: Type.Integer(range(settableBounds.audienceLeast)),
        htmlBytes: Type.Integer(range(settableBounds.htmlBytes)),
        complaintShare: Type.Number({
          ...added(settableBounds.complaintShare),
          description: 'Complaints about the last edition, of the mail at one domain',
        }),
        complaintLeast: Type.Integer(added(settableBounds.complaintLeast)),
        bounceShare: Type.Number({
          ...added(settableBounds.bounceShare),
          description: 'Addresses of the last edition that are no good',
        }),
        bounceLeast: Type.Integer(added(settableBounds.bounceLeast)),
      },
      { additionalProperties: false },
    ),
    alerts: Type.Object(
      {
        emails: Type.Array(Type.String({ minLength: 3, maxLength: 254 }), {
          maxItems: 20,
          uniqueItems: true,
        }),
        webhooks: Type.Array(webhookUrl, { maxItems: 20, uniqueItems: true }),
        deadManMinutes: Type.Integer({
          minimum: 1,
          maximum: 1440,
          description: 'Alarm when no edition is out so many minutes after SEND_AT',
        }),
      },
      { additionalProperties: false },
    ),
    personal: Type.Optional(personalSchema),
    events: Type.Optional(
      Type.Object(
        {
          webhooks: Type.Array(
            Type.Object(
              {
                url: webhookUrl,
                types: Type.Array(Type.Union(eventTypes.map((type) => Type.Literal(type))), {
                  minItems: 1,
                  uniqueItems: true,
                  description: 'What it is told of',
                }),
              },
              { additionalProperties: false },
            ),
            { maxItems: 20 },
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)

export type Settings = Static<typeof settingsSchema>

const usual: Settings = {
  gates: usualGates,
  alerts: { emails: [], webhooks: [], deadManMinutes: 120 },
}

/** What optional parts are where they were never set. */
export const usualParts = { personal: usualPersonal, events: { webhooks: [] } } satisfies Partial<Settings>

const name = 'operator'

/** The kept settings; what was never set has its usual value. */
export async function readSettings(db: Queries): Promise<Settings> {
  const row = await db.tables
    .selectFrom('setting')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  const kept = row && Value.Default(settingsSchema, structuredClone(row.value))
  return Value.Check(settingsSchema, kept) ? kept : usual
}

/**
 * What is optional and not given stays as it was.
 * @param check - is shown the settings before they change; throws to refuse.
 */
export async function writeSettings(
  tx: Tx,
  clock: Clock,
  given: Settings,
  author: Author,
  check: (settings: Settings) => void,
): Promise<Settings> {
  await takeLock(tx, `setting ${name}`)
  const before = await readSettings(tx)
  check(before)
  const settings = { ...before, ...given }
  refusePasswords(settings)
  const kept = { value: settings, updatedAt: clock.now() }
  await tx.models.setting.upsert({ where: { name }, create: { name, ...kept }, update: kept })
  await writeAudit(tx, clock, author, {
    action: 'settings.changed',
    target: 'settings',
    before: shown(before),
    after: shown(settings),
  })
  return settings
}

/** The webhooks of alerts and of events, each once. */
export const webhooksOf = ({ alerts, events }: Settings): string[] => [
  ...new Set([...alerts.webhooks, ...(events?.webhooks ?? []).map(({ url }) => url)]),
]

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'no URL')

/** Once kept, a password would stand wherever the URL is shown. @throws Problem `unprocessable`. */
function refusePasswords(settings: Settings): void {
  const faulty = webhooksOf(settings).some((webhook) => {
    const url = URL.canParse(webhook) ? new URL(webhook) : null
    return !url || url.username !== '' || url.password !== ''
  })
  if (faulty) throw new Problem('unprocessable', 'A webhook is a URL without user and password.')
}

/** Without the addresses, since the log outlives an erasure; of webhooks the host, since what follows is a secret. */
const shown = ({ alerts, gates, personal, events }: Settings) => ({
  gates,
  ...(personal && { personal }),
  ...(events && { events: events.webhooks.map(({ url, types }) => ({ host: hostOf(url), types })) }),
  alerts: {
    ...alerts,
    emails: alerts.emails.length,
    webhooks: alerts.webhooks.map(hostOf),
  },
})
