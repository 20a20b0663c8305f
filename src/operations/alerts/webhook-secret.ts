/** What the receivers of webhooks check our signatures with: one secret for each URL, two while it is changed. */
import { randomBytes } from 'node:crypto'
import { inTransaction, type Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'
import { seal, unseal } from '../sealed.js'
import { readSettings } from '../settings.js'

type SecretServices = Pick<Services, 'clock' | 'secrets'>

type StoredSecret = { secret: Buffer; previous: Buffer | null; previous_until: Date | null }

/** As Standard Webhooks writes it: `whsec_` and base64 of 32 random bytes. */
const makeSecret = () => `whsec_${randomBytes(32).toString('base64')}`

/** The secrets to sign with now, the newest first; made when there is none, or none that our keys open. */
export async function signingSecrets(
  query: Query,
  { clock, secrets }: SecretServices,
  url: string,
): Promise<[string, ...string[]]> {
  const now = clock.now()
  const stored = await readStored(query, url)
  const current = stored && unseal(secrets, stored.secret)
  if (!stored || !current) return [await makeFirst(query, { clock, secrets }, url, stored !== undefined)]
  const before = stored.previous_until && stored.previous_until > now ? stored.previous : null
  const previous = before && unseal(secrets, before)
  return previous ? [current, previous] : [current]
}

/** Two that make one at once both get the one that was kept. */
async function makeFirst(
  query: Query,
  services: SecretServices,
  url: string,
  lost: boolean,
): Promise<string> {
  const { clock, secrets } = services
  await query(
    `INSERT INTO webhook (url, secret, changed_at) VALUES ($1, $2, $3)
     ON CONFLICT (url) DO UPDATE SET secret = $2, previous = NULL, previous_until = NULL, changed_at = $3 WHERE $4`,
    [url, seal(secrets, makeSecret()), clock.now(), lost],
  )
  const stored = await readStored(query, url)
  const made = stored && unseal(secrets, stored.secret)
  if (!made) throw new Error('the secret of a webhook was not kept')
  return made
}

async function readStored(query: Query, url: string): Promise<StoredSecret | undefined> {
  const [row] = await query<StoredSecret>(
    'SELECT secret, previous, previous_until FROM webhook WHERE url = $1',
    [url],
  )
  return row
}

/**
 * Shows the secret of a webhook that the settings name; that it was shown goes into the audit log, it does not.
 * @throws Problem `not-found` when the settings name no such webhook.
 */
export function showSecret(
  services: SecretServices & Pick<Services, 'db'>,
  url: string,
  author: Author,
): Promise<string> {
  return inTransaction(services.db, async (query) => {
    await requireNamed(query, url)
    const [secret] = await signingSecrets(query, services, url)
    const change = { action: 'webhook.secret-shown', target: targetOf(url) }
    await writeAudit(query, services.clock, author, change)
    return secret
  })
}

/**
 * Makes a new secret. For so many seconds calls are signed with the old one too.
 * @throws Problem `not-found` when the settings name no such webhook.
 */
export function rotateSecret(
  services: SecretServices & Pick<Services, 'db'>,
  url: string,
  graceSeconds: number,
  author: Author,
): Promise<string> {
  const { db, clock, secrets } = services
  return inTransaction(db, async (query) => {
    await requireNamed(query, url)
    await signingSecrets(query, services, url)
    const until = new Date(clock.now().getTime() + graceSeconds * 1000)
    const secret = makeSecret()
    await query(
      `UPDATE webhook SET previous = secret, previous_until = $3, secret = $2, changed_at = $4 WHERE url = $1`,
      [url, seal(secrets, secret), until, clock.now()],
    )
    const change = {
      action: 'webhook.secret-rotated',
      target: targetOf(url),
      after: { oldValidUntil: until },
    }
    await writeAudit(query, clock, author, change)
    return secret
  })
}

async function requireNamed(query: Query, url: string): Promise<void> {
  const { webhooks } = (await readSettings(query)).alerts
  if (!webhooks.includes(url)) throw new Problem('not-found', 'The settings of alerts name no such webhook.')
}

/** The host alone: what follows may be a secret of the receiver's. */
const targetOf = (url: string) => `webhook:${new URL(url).host}`
