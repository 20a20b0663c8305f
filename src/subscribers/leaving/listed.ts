/** What the list of suppressions knows of an address: by its text, or by a keyed hash alone. */
import type { Secrets } from '../../config/secrets.js'
import type { Queries } from '../../db/client.js'
import { bytesList, int, text, texts } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { emailKey } from '../address.js'
import { keyedHash, keyedText } from '../keys.js'

const purpose = 'suppression'

/** As the list knows an address whose text it does not keep; under the newest key. */
export function suppressionHash(secrets: Secrets, email: string): Buffer {
  return keyedHash(secrets.keys[0], purpose, emailKey(email))
}

/** The same under every kept key: a row may be older than the newest. */
export function suppressionHashes(secrets: Secrets, email: string): Buffer[] {
  return secrets.keys.map((key) => keyedHash(key, purpose, emailKey(email)))
}

const reasonsOf = statement({
  text: `SELECT encode(hash, 'hex') AS hash, reason FROM suppression
    WHERE hash = ANY (SELECT decode(h, 'hex') FROM unnest($1::text[]) AS h)`,
  parameters: [texts],
  columns: { hash: text, reason: text },
})

/**
 * Which of these addresses the list knows by their hash, and why they are on it: the only way to find an erased
 * one. One statement, however many there are.
 */
export async function suppressedByHash(
  db: Pick<Queries, 'run'>,
  secrets: Secrets,
  emails: readonly string[],
): Promise<Map<string, string>> {
  if (emails.length === 0) return new Map()
  const byHash = new Map<string, string>()
  for (const email of emails) {
    const text = emailKey(email)
    for (const key of secrets.keys) byHash.set(keyedText(key, purpose, text, 'hex'), email)
  }
  const rows = await db.run(reasonsOf, [[...byHash.keys()]])
  return new Map(rows.map(({ hash, reason }) => [byHash.get(hash) ?? '', reason]))
}

const listed = statement({
  text: 'SELECT id FROM suppression WHERE email_key = lower($1) OR hash = ANY ($2)',
  parameters: [text, bytesList],
  columns: { id: int },
})

/** Whether an address is on the list, by its text or by its hash. */
export async function isListed(db: Queries, secrets: Secrets, email: string): Promise<boolean> {
  return (await db.run(listed, [email, suppressionHashes(secrets, email)])).length > 0
}
