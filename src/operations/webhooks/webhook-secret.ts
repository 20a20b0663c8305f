/** What the receivers of webhooks check our signatures with: one secret for each URL, two while it is changed. */
import { randomBytes } from 'node:crypto'
import type { Queries, Tx } from '../../db/client.js'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'
import { seal, unseal } from '../../config/sealed.js'
import { readSettings, webhooksOf } from '../settings.js'

type SecretServices = Pick<Services, 'clock' | 'secrets'>

type StoredSecret = { secret: Buffer; previous: Buffer | null; previousUntil: Date | null }

/** As Standard Webhooks writes it: `whsec_` and base64 of 32 random bytes. */
const makeSecret = () => `whsec_${randomBytes(32).toString('base64')}`

/** The secrets to sign with now, the newest first; made when there is none, or none that our keys open. */
export async function signingSecrets(
  db: Queries,
  { clock, secrets }: SecretServices,
  url: string,
): Promise<[string, ...string[]]> {
  const now = clock.now()
  const stored = await readStored(db, url)
  const current = stored && unseal(secrets, stored.secret)
  if (!stored || !current) return [await makeFirst(db, { clock, secrets }, url, stored !== undefined)]
  const before = stored.previousUntil && stored.previousUntil > now ? stored.previous : null
  const previous = before && unseal(secrets, before)
  return previous ? [current, previous] : [current]
}

/** Two that make one at once both get the one that was kept. */
async function makeFirst(db: Queries, services: SecretServices, url: string, lost: boolean): Promise<string> {
  const { clock, secrets } = services
  const first = {
    secret: seal(secrets, makeSecret()),
    previous: null,
    previous_until: null,
    changed_at: clock.now(),
  }
  await db.tables
    .insertInto('webhook')
    .values({ url, ...first })
    .onConflict((kept) => (lost ? kept.column('url').doUpdateSet(first) : kept.column('url').doNothing()))
    .execute()
  const stored = await readStored(db, url)
  const made = stored && unseal(secrets, stored.secret)
  if (!made) throw new Error('the secret of a webhook was not kept')
  return made
}

function readStored(db: Queries, url: string): Promise<StoredSecret | undefined> {
  return db.tables
    .selectFrom('webhook')
    .select(['secret', 'previous', 'previous_until as previousUntil'])
    .where('url', '=', url)
    .executeTakeFirst()
}

/**
 * Shows the secret of a webhook that the settings name; that it was shown goes into the audit log, it does not.
 * @throws Problem `not-found` when the settings name no such webhook.
 */
export async function showSecret(
  tx: Tx,
  services: SecretServices,
  url: string,
  author: Author,
): Promise<string> {
  await requireNamed(tx, url)
  const [secret] = await signingSecrets(tx, services, url)
  await writeAudit(tx, services.clock, author, { action: 'webhook.secret-shown', target: targetOf(url) })
  return secret
}

/**
 * Makes a new secret. For so many seconds calls are signed with the old one too.
 * @throws Problem `not-found` when the settings name no such webhook.
 */
export async function rotateSecret(
  tx: Tx,
  services: SecretServices,
  url: string,
  graceSeconds: number,
  author: Author,
): Promise<string> {
  const { clock, secrets } = services
  await requireNamed(tx, url)
  await signingSecrets(tx, services, url)
  const until = new Date(clock.now().getTime() + graceSeconds * 1000)
  const secret = makeSecret()
  await tx.tables
    .updateTable('webhook')
    .set((before) => ({
      previous: before.ref('secret'),
      previous_until: until,
      secret: seal(secrets, secret),
      changed_at: clock.now(),
    }))
    .where('url', '=', url)
    .execute()
  const after = { oldValidUntil: until }
  await writeAudit(tx, clock, author, { action: 'webhook.secret-rotated', target: targetOf(url), after })
  return secret
}

async function requireNamed(db: Queries, url: string): Promise<void> {
  const named = webhooksOf(await readSettings(db)).includes(url)
  if (!named) throw new Problem('not-found', 'The settings name no such webhook.')
}

/** The host alone: what follows may be a secret of the receiver's. */
const targetOf = (url: string) => `webhook:${new URL(url).host}`
