/** A database that is not the one it was sends nothing, until an operator says from when on. */
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { raiseAlert } from '../../../src/operations/alerts/store.js'
import { watchForAlerts } from '../../../src/operations/alerts/watch.js'
import { holdAllSending, resumeSending } from '../../../src/operations/resume.js'
import { type Db, openDb } from '../../../src/db/client.js'
import { findHold } from '../../../src/db/continuity/hold.js'
import { writeWitnessFile } from '../../../src/db/witness/witness-file.js'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { whatWouldGoOut } from '../../../src/deliveries/editions/pass-over.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { fanOutDue } from '../../../src/jobs/due-editions.js'
import { silentLog } from '../../../src/log.js'
import { acceptedBy, addEdition, addReaders, scriptedParts } from '../../support/ledger.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const cli = { who: 'cli:test', why: null, requestId: null }
const leaseMs = 20_000
const now = new Date()
const hourAgo = new Date(now.getTime() - 3_600_000)
const clock = { now: () => now }
let db: Db
let url: string
const opened: Db[] = []
const folders: string[] = []

beforeEach(async () => {
  ;({ db, url } = await testDatabase())
})
afterAll(async () => {
  for (const other of opened) await other.close()
  for (const folder of folders) await rm(folder, { recursive: true })
})

/** Another process on the database. */
function process2(): Db {
  const other = openDb(url, silentLog, { connections: 2 })
  opened.push(other)
  return other
}

async function sendingEdition(readers = 3): Promise<number> {
  await addReaders(db, readers, { prefix: `r${Math.random()}` })
  const edition = await addEdition(db, { sendAt: hourAgo })
  await fanOut({ db, clock, config: { timezone: 'UTC', canaryPercent: 0 } }, edition)
  return edition
}

const claim = (by: Db, editionId: number | null, limit = 1) =>
  claimDue(by, { editionId, limit, now, leaseMs, zone: 'UTC' }).then(({ claimed }) => claimed)

/** What `pg_restore --clean` does to each table: it is made anew with the old rows. */
const remakeStamp = () =>
  db.transaction(null, async ({ sql: query }) => {
    await query('CREATE TABLE kept AS SELECT * FROM stamp')
    await query('DROP TABLE stamp')
    await query('CREATE TABLE stamp (LIKE kept)')
    await query('INSERT INTO stamp SELECT * FROM kept')
    await query('DROP TABLE kept')
  })

it('holds a worker that ran through the restore, one that comes later, and the command', async () => {
  const edition = await sendingEdition()
  expect(await claim(db, edition)).toHaveLength(3)
  await remakeStamp()
  expect(await claim(db, edition)).toEqual([])
  expect(await claim(process2(), edition)).toEqual([])
  await expect(
    sendEdition(
      scriptedParts(process2(), clock.now, () => acceptedBy('one')),
      edition,
    ),
  ).rejects.toThrow(/All sending is held\. .*restored/)
  expect(await whatWouldGoOut(db, now)).toMatchObject({ editions: [{ kind: 'daily', mails: 3 }] })
})

it('goes on as before through restarts, VACUUM FULL and an empty DATA_DIR', async () => {
  const edition = await sendingEdition(60)
  expect(await claim(db, edition)).toHaveLength(20)
  await db.sql('VACUUM FULL stamp')
  expect(await claim(db, edition)).toHaveLength(20)
  expect(await claim(process2(), edition)).toHaveLength(20)
})

it('holds a copy of the database', async () => {
  const edition = await sendingEdition()
  await claim(db, edition)
  const name = new URL(url).pathname.slice(1)
  const admin = process2()
  await db.pool.end()
  const copyUrl = new URL(url)
  copyUrl.pathname = `/${name}_copy`
  const maintenance = openDb(new URL('/postgres', url).href, silentLog, { connections: 1 })
  await admin.close()
  opened.splice(opened.indexOf(admin), 1)
  await maintenance.sql(`CREATE DATABASE ${name}_copy TEMPLATE ${name}`)
  const copy = openDb(copyUrl.href, silentLog, { connections: 2 })
  try {
    expect(await claim(copy, edition)).toEqual([])
  } finally {
    await copy.close()
    await maintenance.sql(`DROP DATABASE ${name}_copy`)
    await maintenance.close()
    db = process2()
  }
})

it('is told by DATA_DIR that the server was put back to an earlier state', async () => {
  const edition = await sendingEdition(60)
  const dataDir = await mkdtemp(join(tmpdir(), 'witness-'))
  folders.push(dataDir)
  const place = { dataDir, database: 'db.example.org/papers', embedded: false, writes: true }
  const first = process2()
  await first.witness.attach(place, silentLog)
  expect(await claim(first, edition)).toHaveLength(20)
  // As if the server had come much further before its volume was put back.
  const seen = first.witness.seen
  if (!seen) throw new Error('nothing was seen')
  await writeWitnessFile(place, { ...seen, lsn: String(BigInt(seen.lsn) + 1_000_000_000n) })
  const second = process2()
  await second.witness.attach(place, silentLog)
  expect(await claim(second, edition)).toEqual([])
  expect(await claim(first, edition)).toEqual([])

  await resumeSending({ ...(await testServices(db)), db, clock }, 'now', cli)
  const later = await sendingEdition(60)
  const third = process2()
  await third.witness.attach(place, silentLog)
  expect(await claim(third, later)).toHaveLength(20)
  expect(await claim(second, later)).toHaveLength(20)
})

it('tells a copy of the embedded database by the file beside it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'witness-'))
  folders.push(dataDir)
  const place = { dataDir, database: 'embedded', embedded: true, writes: true }
  const first = process2()
  await first.witness.attach(place, silentLog)
  await addReaders(db, 1)
  expect(await findHold(first, first.witness)).toBeNull()
  await first.witness.save()

  const moved = process2()
  await rename(join(dataDir, 'last-seen.json'), join(dataDir, 'aside'))
  await rename(join(dataDir, 'aside'), join(dataDir, 'last-seen.json'))
  await moved.witness.attach(place, silentLog)
  expect(await findHold(moved, moved.witness)).toBeNull()

  await copyFile(join(dataDir, 'last-seen.json'), join(dataDir, 'copy'))
  await rename(join(dataDir, 'copy'), join(dataDir, 'last-seen.json'))
  const copied = process2()
  await copied.witness.attach(place, silentLog)
  expect(await findHold(copied, copied.witness)).toMatchObject({ why: expect.stringMatching(/DATA_DIR/) })
})

it('goes on from now: what was due is taken as gone out, what is due later goes', async () => {
  const services = await testServices(db, {}, { clock })
  const edition = await sendingEdition(2)
  const [later] = await addReaders(db, 1, { prefix: 'late' })
  await db.sql(
    `INSERT INTO delivery (kind, edition_id, subscriber_id, lane, domain, due_at, expires_at)
     VALUES ('edition', $1, $2, 1, 'one.example', $3, $3::timestamptz + interval '1 day')`,
    [edition, later, new Date(now.getTime() + 3_600_000)],
  )
  const unsent = await addEdition(db, { sendAt: hourAgo })
  await claim(db, edition)
  await holdAllSending(services, cli)
  expect(await claim(db, edition)).toEqual([])

  expect(await resumeSending(services, 'now', cli)).toEqual({ from: now, passedOver: 2 })
  expect(await claim(db, edition)).toEqual([])
  const evening = new Date(now.getTime() + 4_000_000)
  expect(
    (await claimDue(db, { editionId: edition, limit: 9, now: evening, leaseMs, zone: 'UTC' })).claimed,
  ).toHaveLength(1)
  // Frozen before, and left to an operator like what was missed in a downtime.
  await fanOutDue({ ...services, source: { name: 'none', day: async () => ({ papers: [], skipped: [] }) } })
  const [row] = await db.sql('SELECT status, fanned_out_at FROM edition WHERE id = $1', [unsent])
  expect(row).toEqual({ status: 'frozen', fanned_out_at: null })
  await expect(resumeSending(services, 'now', cli)).rejects.toThrow('not held')
  const actions = await db.sql('SELECT action FROM audit ORDER BY id')
  expect(actions).toEqual([{ action: 'sending.held' }, { action: 'sending.resumed' }])
})

it('goes on from the edition of a day: that one goes out, those before do not', async () => {
  const services = await testServices(db, {}, { clock })
  const before = await sendingEdition(2)
  await db.sql(`UPDATE edition SET day = day - 1 WHERE id = $1`, [before])
  const edition = await sendingEdition(1)
  await holdAllSending(services, cli)
  const [row] = await db.sql<{ day: string }>('SELECT day::text AS day FROM edition WHERE id = $1', [edition])
  await resumeSending(services, row?.day ?? '', cli)
  expect(await claim(db, before, 9)).toEqual([])
  expect(await claim(db, edition, 9)).toHaveLength(3)
})

it('lets through what tells an operator so, and nothing that waited before', async () => {
  const services = await testServices(db, {}, { clock })
  await services.db.sql(`INSERT INTO setting (name, value, updated_at) VALUES ('operator', $1, now())`, [
    JSON.stringify({
      gates: { sameShare: 0.5, audienceShare: 0.3, audienceLeast: 100, htmlBytes: 80_000 },
      alerts: { emails: ['ops@example.org'], webhooks: [], deadManMinutes: 120 },
    }),
  ])
  await db.transaction('request', (tx) =>
    raiseAlert(tx, services, { kind: 'old', cause: 'old', text: 'Old.' }, hourAgo),
  )
  await claim(db, null, 0)
  await remakeStamp()
  await watchForAlerts(services)
  const [alert] = await db.sql<{ text: string }>(`SELECT text FROM alert WHERE kind = 'sending-held'`)
  expect(alert?.text).toMatch(/^All sending is held\. .* It would go out: .*1 other mail/)
  const claimed = await claim(db, null, 9)
  expect(claimed).toMatchObject([{ kind: 'alert', address: 'ops@example.org' }])
  expect(JSON.stringify(claimed[0]?.payload)).toContain('All sending is held')

  await resumeSending(services, 'now', cli)
  await watchForAlerts(services)
  const open = await db.sql(`SELECT kind FROM alert WHERE cleared_at IS NULL AND kind = 'sending-held'`)
  expect(open).toEqual([])
})
