/** Takes an erased address out of the answers that are kept, sealed, for calls that come again. */
import { seal, unseal } from '../../config/sealed.js'
import type { Secrets } from '../../config/secrets.js'
import type { Queries } from '../../db/queries/queries.js'
import { addressPattern } from '../../format/mask-addresses.js'

/** Of an operator's calls of one day, so many are opened at a time. */
const atATime = 200

/** Answers that no key opens any more are emptied: nobody can read them, and nobody can tell what they hold. */
export async function strikeOutSealed(
  tx: Pick<Queries, 'tables'>,
  secrets: Secrets,
  emails: readonly string[],
): Promise<void> {
  const patterns = emails.map((email) => new RegExp(addressPattern(email), 'gi'))
  let after = { holder: '', key: '' }
  for (;;) {
    const rows = await tx.tables
      .selectFrom('idempotent_call')
      .select(['holder', 'key', 'answer'])
      .where((call) =>
        call.or([
          call('holder', '>', after.holder),
          call.and([call('holder', '=', after.holder), call('key', '>', after.key)]),
        ]),
      )
      .where('answer', 'is not', null)
      .orderBy('holder')
      .orderBy('key')
      .limit(atATime)
      .execute()
    for (const { holder, key, answer } of rows) {
      const text = answer && unseal(secrets, answer)
      const struck = text && patterns.reduce((left, pattern) => left.replace(pattern, '[erased]'), text)
      if (struck === text && struck !== undefined) continue
      await tx.tables
        .updateTable('idempotent_call')
        .set({ answer: struck ? seal(secrets, struck) : null })
        .where('holder', '=', holder)
        .where('key', '=', key)
        .execute()
    }
    const last = rows.at(-1)
    if (!last || rows.length < atATime) return
    after = last
  }
}
