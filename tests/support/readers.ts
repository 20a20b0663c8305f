/** What tests of readers share: services on a cloned database with a clock that they set. */
import type { Services } from '../../src/services.js'
import { secretsOf } from '../../src/config/secrets.js'
import type { Db } from '../../src/db/client.js'
import type { Evidence } from '../../src/subscribers/evidence.js'
import type { SignupLimits } from '../../src/subscribers/door/limits.js'
import type { MailPayload } from '../../src/subscribers/payload.js'
import { openToken } from '../../src/subscribers/tokens.js'

export const evidence: Evidence = { ip: '192.0.2.7', userAgent: 'a browser', text: 'Mail me the papers.' }

export const boundless: SignupLimits = {
  addressHour: 1_000_000,
  addressDay: 1_000_000,
  unclicked: 30_000,
  readerDay: 1_000_000,
  networkHour: 1_000_000,
  siteHour: 1_000_000,
  domainHour: 1_000_000,
  proofMinute: 1_000_000,
  allMinute: 1_000_000,
  copyHour: 1_000_000,
  operatorDay: 1_000_000,
  alertHour: 1_000_000,
}

export type ReaderServices = Pick<Services, 'db' | 'clock' | 'secrets'> & { limits?: SignupLimits }

export function readerServices(db: Db, start = '2026-05-06T07:00:00Z') {
  let now = new Date(start)
  return {
    db,
    config: { dataDir: '/nonexistent' },
    clock: { now: () => now },
    secrets: secretsOf('a secret for tests, of enough characters'),
    /** Lets time pass. */
    pass: (hours: number) => {
      now = new Date(now.getTime() + hours * 3_600_000)
    },
  }
}

export type OwedRow = {
  id: string
  kind: string
  status: string
  reason: string | null
  subscriber_id: number | null
  to_address: string | null
  payload: MailPayload
}

/** The mails owed to an address, oldest first. */
export function owedTo(db: Db, email: string): Promise<OwedRow[]> {
  return db.sql<OwedRow>(
    `SELECT d.id, d.kind, d.status, d.reason, d.subscriber_id, d.to_address, d.payload
     FROM delivery d LEFT JOIN subscriber s ON s.id = d.subscriber_id
     WHERE coalesce(d.to_address, s.email) = $1 ORDER BY d.id`,
    [email],
  )
}

/** The token in the last mail owed to that address. */
export async function mailedToken(services: ReaderServices, email: string): Promise<string> {
  const payload = (await owedTo(services.db, email)).at(-1)?.payload
  const token = payload && 'token' in payload ? openToken(services.secrets, payload.token) : undefined
  if (!token) throw new Error('no mail with a token is owed')
  return token
}

export async function statusOf(db: Db, email: string): Promise<string | undefined> {
  const [row] = await db.sql<{ status: string }>(
    'SELECT status FROM subscriber WHERE email_key = lower($1)',
    [email],
  )
  return row?.status
}

/** A reader who confirmed, written down at once. @returns the id. */
export async function activeReader(db: Db, email: string, frequency = 'daily'): Promise<number> {
  const [row] = await db.sql<{ id: number }>(
    `INSERT INTO subscriber (email, email_key, domain, status, confirmed_at, frequency)
     VALUES ($1, lower($1), split_part($1, '@', 2), 'active', now(), $2) RETURNING id`,
    [email, frequency],
  )
  return row?.id ?? 0
}
