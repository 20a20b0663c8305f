import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { exportSubscribers } from '../../../src/subscribers/import/export.js'
import { type ImportOptions, importSubscribers } from '../../../src/subscribers/import/import.js'
import { suppress } from '../../../src/subscribers/leaving/suppress.js'
import { suppressionHash } from '../../../src/subscribers/leaving/listed.js'
import { owedTo, readerServices, statusOf } from '../../support/readers.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const services = readerServices(db)
const at = services.clock.now()

async function importing(csv: string, options: ImportOptions = {}) {
  const faults: [number, string][] = []
  const onFault = (line: number, reason: string) => faults.push([line, reason])
  const report = await importSubscribers(services, Readable.from([Buffer.from(csv)]), { ...options, onFault })
  return { report, faults }
}

const rows = () => db.sql('SELECT email, status, frequency, timezone, source FROM subscriber ORDER BY email')

describe('an import', () => {
  it('takes what is right, reports what is wrong, and is the same when run again', async () => {
    await db.transaction('request', (tx) =>
      suppress(tx, services.secrets, 'b@bounce.example', 'bounced', { at }),
    )
    await db.sql(`INSERT INTO suppression (hash, reason) VALUES ($1, 'erased')`, [
      suppressionHash(services.secrets, 'Erased@example.org'),
    ])
    const csv = [
      '\uFEFFEmail,status,frequency,timezone,source,note',
      'a@example.org,,,,,',
      'b@example.org,active,weekly,Asia/Tokyo,"a conference, 2025",x',
      'B@Example.org,active,daily,,,the same again',
      'no address,,,,,',
      'c@example.org,asleep,,,,',
      'd@example.org,,,Mars/Olympus,,',
      'short@example.org',
      '"quoted"x@example.org,,,,,',
      'B@bounce.example,,,,,',
      'erased@example.org,,,,,',
      'gone@example.org,unsubscribed,,,,',
      'angry@example.org,complained,,,,',
      "'+plus@example.org,,,,,",
      'open@example.org,,,,"never closed,',
      '"two@example.org",,,,,"a note',
      'on two lines"',
      '',
    ].join('\r\n')
    const { report, faults } = await importing(csv)
    expect(report).toEqual({ rows: 15, added: 6, changed: 0, unchanged: 1, suppressed: 2, refused: 6 })
    expect(faults).toEqual([
      [5, expect.stringContaining('one plain address')],
      [6, expect.stringContaining('status')],
      [7, expect.stringContaining('IANA')],
      [8, expect.stringContaining('fields')],
      [9, expect.stringContaining('quotation mark')],
      [15, expect.stringContaining('quotation mark')],
      [10, expect.stringContaining('suppression list')],
      [11, expect.stringContaining('suppression list')],
    ])
    const before = await rows()
    expect(before).toEqual([
      { email: '+plus@example.org', status: 'active', frequency: 'daily', timezone: null, source: null },
      { email: 'a@example.org', status: 'active', frequency: 'daily', timezone: null, source: null },
      { email: 'angry@example.org', status: 'complained', frequency: 'daily', timezone: null, source: null },
      {
        email: 'b@example.org',
        status: 'active',
        frequency: 'weekly',
        timezone: 'Asia/Tokyo',
        source: 'a conference, 2025',
      },
      { email: 'gone@example.org', status: 'unsubscribed', frequency: 'daily', timezone: null, source: null },
      { email: 'two@example.org', status: 'active', frequency: 'daily', timezone: null, source: null },
    ])
    expect((await importing(csv)).report).toMatchObject({ added: 0, changed: 0 })
    expect(await rows()).toEqual(before)
    expect(await db.sql(`SELECT email_key, reason FROM suppression WHERE detail = 'import'`)).toEqual([
      { email_key: 'angry@example.org', reason: 'complained' },
    ])
    expect(await db.sql(`SELECT count(*)::int FROM consent WHERE action = 'import'`)).toEqual([{ count: 6 }])
  })

  it('brings nobody back who left, and confirms who was pending', async () => {
    await importing('email,status\nleft@example.org,unsubscribed\nwaits@example.org,pending\n')
    const { report } = await importing('email\nleft@example.org\nwaits@example.org\n')
    expect(report).toMatchObject({ added: 0, changed: 1, unchanged: 1 })
    expect(await statusOf(db, 'left@example.org')).toBe('unsubscribed')
    expect(await statusOf(db, 'waits@example.org')).toBe('active')
  })

  it('owes confirmations, once, when asked to', async () => {
    const csv = 'email\nasked@example.org\na@example.org\n'
    await importing(csv, { confirm: true })
    await importing(csv, { confirm: true })
    expect(await statusOf(db, 'asked@example.org')).toBe('pending')
    expect(await owedTo(db, 'asked@example.org')).toMatchObject([{ kind: 'confirmation', status: 'due' }])
    expect(await statusOf(db, 'a@example.org')).toBe('active')
    expect(await owedTo(db, 'a@example.org')).toEqual([])
  })

  it.each(['', 'address,name\na@example.org,A\n', 'a@example.org\nb@example.org\n'])(
    'refuses a file without a header: %j',
    async (csv) => {
      await expect(importing(csv)).rejects.toMatchObject({ code: 'invalid' })
    },
  )

  it('takes many in batches with little memory, and goes on after having been stopped', async () => {
    const lines = (count: number) =>
      Readable.from(
        (function* () {
          yield 'email,frequency\n'
          for (let i = 0; i < count; i += 1) yield `reader${i}@many.example,weekly\n`
        })(),
      )
    await expect(
      importSubscribers(services, lines(6000), {
        onProgress: ({ rows }) => {
          if (rows >= 3000) throw new Error('killed')
        },
      }),
    ).rejects.toThrow('killed')
    const started = performance.now()
    const report = await importSubscribers(services, lines(6000))
    expect(report).toMatchObject({ rows: 6000, refused: 0 })
    expect(report.added + report.unchanged).toBe(6000)
    expect(await db.sql(`SELECT count(*)::int FROM subscriber WHERE domain = 'many.example'`)).toEqual([
      { count: 6000 },
    ])
    expect(performance.now() - started).toBeLessThan(30_000)
  })
})

describe('an export', () => {
  it('can be read back, and runs no formula', async () => {
    const csv = await text(exportSubscribers(db))
    expect(csv.split('\n')[0]).toBe(
      'email,status,frequency,timezone,hour,paused_until,source,confirmed_at,unsubscribed_at,created_at',
    )
    expect(csv.split('\n').filter((line) => line.includes('+plus'))).toEqual([
      expect.stringMatching(/^'\+plus@example\.org,active,/),
    ])
    const before = await rows()
    const { report, faults } = await importing(csv)
    expect(report).toMatchObject({ added: 0, changed: 0, refused: 0, rows: before.length })
    expect(faults.map(([, reason]) => reason)).toEqual(['the address is on the suppression list'])
    expect(await rows()).toEqual(before)
  })
})
