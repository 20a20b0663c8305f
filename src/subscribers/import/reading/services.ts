/** The exports of other services, each known by its columns. */

export type Service = {
  /** As it stands in a sentence: `Ghost`. */
  name: string
  /** Columns, in words, that together only its exports have. */
  marks: string[][]
  /** Columns, in words, that say what a reader is there. */
  statuses: string[]
  /** Columns, in words, that sound as if they told who wants no mail, and do not. */
  harmless: string[]
}

export const ownExport: Service = {
  name: 'Daily Papers',
  marks: [['email', 'status', 'frequency', 'paused until', 'confirmed at', 'unsubscribed at']],
  statuses: ['status'],
  harmless: [],
}

const services: Service[] = [
  ownExport,
  { name: 'Ghost', marks: [['email', 'subscribed to emails']], statuses: [], harmless: [] },
  {
    name: 'Substack',
    marks: [
      ['active subscription', 'email disabled'],
      ['user email address', 'subscription type'],
    ],
    statuses: [],
    harmless: ['active subscription', 'subscription', 'subscription type', 'state'],
  },
  {
    name: 'Mailchimp',
    marks: [['leid', 'euid'], ['member rating']],
    statuses: ['status', 'member status', 'contact status', 'email marketing status'],
    harmless: [],
  },
  {
    name: 'Buttondown',
    marks: [
      ['email address', 'type', 'creation date'],
      ['email address', 'type', 'metadata'],
      ['email address', 'subscriber type'],
    ],
    statuses: ['type', 'subscriber type'],
    harmless: [],
  },
  {
    name: 'Beehiiv',
    marks: [
      ['status', 'tier'],
      ['status', 'subscription tier'],
      ['status', 'referral code'],
    ],
    statuses: ['status', 'subscription status'],
    harmless: [],
  },
  {
    name: 'Keila',
    marks: [['email', 'status', 'external id', 'data']],
    statuses: ['status'],
    harmless: [],
  },
  {
    name: 'listmonk',
    marks: [
      ['uuid', 'email', 'attributes'],
      ['uuid', 'email', 'attribs'],
    ],
    statuses: ['status', 'subscription status'],
    harmless: [],
  },
]

/** The service whose export has these columns, in words. */
export function serviceOf(columns: readonly string[]): Service | null {
  const hasAll = (mark: string[]) => mark.every((column) => columns.includes(column))
  return services.find(({ marks }) => marks.some(hasAll)) ?? null
}
