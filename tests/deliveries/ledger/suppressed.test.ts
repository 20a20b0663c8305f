/** Nobody on the list of suppressions is mailed, whatever the kind of mail and however the list knows the address. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { secretsOf } from '../../../src/config/secrets.js'
import type { Db } from '../../../src/db/client.js'
import { claimMailable } from '../../../src/deliveries/claim/claim-mailable.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { suppressionHash } from '../../../src/subscribers/leaving/listed.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'

const now = new Date('2026-05-06T06:00:00Z')
const secrets = secretsOf('a-new-secret-key-for-tests-0123456789,an-old-secret-key-for-tests-0123456789')
const kinds = ['confirmation', 'welcome', 'notice', 'test', 'alert'] as const

let db: Db
beforeAll(async () => void ({ db } = await testDatabase()))
afterAll(() => db.close())

/** Erased ones are known by their hash alone, which may have been made under a key of before. */
const erase = (email: string) =>
  db.sql(`INSERT INTO suppression (hash, reason) VALUES ($1, 'erased')`, [
    suppressionHash(secretsOf('an-old-secret-key-for-tests-0123456789'), email),
  ])

it('is asked for every kind but alerts, by the hash and by the address', async () => {
  const [erased = 0, bounced = 0, free = 0] = await addReaders(db, 3)
  const addresses = await db.sql<{ email: string }>('SELECT email FROM subscriber ORDER BY id')
  const [gone = '', bouncing = '', open = ''] = addresses.map(({ email }) => email)
  await erase(gone)
  await db.sql(`INSERT INTO suppression (email_key, hash, reason) VALUES ($1, 'x', 'bounced')`, [bouncing])
  const readers = { [gone]: erased, [bouncing]: bounced, [open]: free }
  for (const [email, id] of Object.entries(readers)) {
    for (const kind of kinds) {
      await db.sql(
        `INSERT INTO delivery (kind, subscriber_id, to_address, domain, payload, due_at, lane, status)
         VALUES ($1, $2, $3, 'one.example', '{}', $4, 0, 'due')`,
        [kind, kind === 'test' || kind === 'alert' ? null : id, email, now],
      )
    }
  }
  const services = { db, secrets }
  const waited = await claimMailable(services, {
    editionId: null,
    limit: 100,
    now,
    leaseMs: 20_000,
    zone: 'UTC',
  })
  const of = (email: string) =>
    waited.claimed.filter(({ address }) => address === email).map(({ kind }) => kind)
  expect(of(open)).toEqual(kinds)
  expect([of(gone), of(bouncing)]).toEqual([['alert'], ['alert']])
  const edition = await addEdition(db, { sendAt: now })
  await fanOut({ db, clock: { now: () => now }, config: { timezone: 'UTC', canaryPercent: 0 } }, edition)
  const broadcast = await claimMailable(services, {
    editionId: edition,
    limit: 100,
    now,
    leaseMs: 20_000,
    zone: 'UTC',
  })
  expect(broadcast.claimed.map(({ address }) => address)).toEqual([open])
  const left = await db.sql(
    `SELECT reason, count(*)::int AS rows FROM delivery WHERE status = 'left_out' GROUP BY 1 ORDER BY 1`,
  )
  expect(left).toEqual([
    { reason: 'suppressed: bounced', rows: 5 },
    { reason: 'suppressed: erased', rows: 5 },
  ])
})
