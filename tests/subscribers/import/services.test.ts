import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, it } from 'vitest'
import { exportSubscribers } from '../../../src/subscribers/import/export.js'
import { type ImportOptions, importSubscribers } from '../../../src/subscribers/import/import.js'
import { readTime } from '../../../src/subscribers/import/reading/times.js'
import { readerServices } from '../../support/readers.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const services = readerServices(db, '2026-11-26T07:00:00Z')

beforeEach(() => db.sql('TRUNCATE subscriber, suppression CASCADE'))

async function importing(csv: string | Buffer, options: ImportOptions = {}) {
  const faults: string[] = []
  const readings: string[] = []
  const report = await importSubscribers(services, Readable.from([Buffer.from(csv)]), {
    ...options,
    onFault: (_line, reason) => faults.push(reason),
    onReading: (reading) => readings.push(reading),
  })
  return { report, faults, reading: readings.join() }
}

const statuses = async () => {
  const rows = await db.sql<{ email: string; status: string }>('SELECT email, status FROM subscriber')
  return Object.fromEntries(rows.map(({ email, status }) => [email.split('@')[0], status]))
}

const exports: Record<string, { csv: string; expected: Record<string, string>; refused?: number }> = {
  Ghost: {
    csv: `id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers,gift_id
1,in@g.example,Ada,,true,false,,2023-02-13T10:11:12.000Z,,,,
2,out@g.example,"Bob, the 2nd",,false,false,,2023-02-14T10:11:12.000Z,,"a,b",,
3,gone@g.example,Eve,"line one
line two",true,false,,2023-02-14T10:11:12.000Z,2024-01-01T00:00:00.000Z,,,
4,unsaid@g.example,,,,false,,2023-02-14T10:11:12.000Z,,,,`,
    expected: { in: 'active', out: 'unsubscribed', gone: 'unsubscribed' },
    refused: 1,
  },
  Substack: {
    csv: `email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at
in@s.example,false,,other,false,2023-02-13T10:11:12.000Z,
off@s.example,true,,other,true,2023-02-13T10:11:12.000Z,`,
    expected: { in: 'active', off: 'unsubscribed' },
  },
  'Substack, all columns': {
    csv: `user_name,user_email_address,country,state,subscription_type,subscription_created_at,unsubscribed_at,days_active_30d
Ada,in@s.example,US,CA,free,2023-02-13T10:11:12.000Z,,3
Bob,off@s.example,US,NY,free,2023-02-13T10:11:12.000Z,2024-02-13T10:11:12.000Z,0`,
    expected: { in: 'active', off: 'unsubscribed' },
  },
  listmonk: {
    csv: `uuid,email,name,attributes,status,created_at,updated_at
0a,on@l.example,Ada,"{""n"": [1,2]}",enabled,2024-01-01 10:00:00.000000 +0000 UTC,2024-01-01
0b,off@l.example,Bob,{},disabled,2024-01-01,2024-01-01
0c,block@l.example,Eve,{},blocklisted,2024-01-01,2024-01-01`,
    expected: { on: 'active', off: 'unsubscribed', block: 'unsubscribed' },
  },
  Beehiiv: {
    csv: `Email,Status,Tier,Created At,UTM Source,Referral Code
in@b.example,Active,Free,2024-01-01 10:00:00 UTC,x,abc
out@b.example,Inactive,Free,2024-01-01 10:00:00 UTC,x,abd
waits@b.example,Pending,Premium,2024-01-01 10:00:00 UTC,x,abe
odd@b.example,Sleeping,Free,2024-01-01 10:00:00 UTC,x,abf`,
    expected: { in: 'active', out: 'unsubscribed', waits: 'pending' },
    refused: 1,
  },
  Keila: {
    csv: `Email,First name,Last name,Data,Status,External ID
in@k.example,A,B,{},active,
dead@k.example,A,B,{},unreachable,
out@k.example,A,B,{},unsubscribed,`,
    expected: { in: 'active', dead: 'bounced', out: 'unsubscribed' },
  },
  Buttondown: {
    csv: `id,email_address,notes,metadata,tags,type,source,creation_date,unsubscription_date,undeliverability_date,ip_address
1,in@d.example,,{},,regular,organic,2024-01-01T10:00:00Z,,,
2,out@d.example,"multi
line",{},,unsubscribed,organic,2024-01-01T10:00:00Z,2024-06-01T10:00:00Z,,
3,waits@d.example,,{},,unactivated,organic,2024-01-01T10:00:00Z,,,
4,left@d.example,,{},,regular,organic,2024-01-01T10:00:00Z,2024-06-01T10:00:00Z,,
5,dead@d.example,,{},,undeliverable,organic,2024-01-01T10:00:00Z,,2024-06-01T10:00:00Z,`,
    expected: { in: 'active', out: 'unsubscribed', waits: 'pending', left: 'unsubscribed', dead: 'bounced' },
  },
  Mailchimp: {
    csv: `"Email Address","First Name",UNSUB_REASON,UNSUB_TIME,UNSUB_CAMPAIGN_ID,UNSUB_REASON,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,CONFIRM_IP,TIMEZONE,CLEAN_TIME,CLEAN_CAMPAIGN_ID,LEID,EUID,TAGS
in@m.example,Ada,,,,,2,"2021-01-02 03:04:05","2021-01-02 03:05:05",192.0.2.1,Europe/Berlin,,,1,a,"""one"",""two"""
odd@m.example,"O""Neil",,,,,2,,"2021-01-02 03:05:05",192.0.2.1,Mars/Olympus,,,1,a,
out@m.example,Cy,NORMAL,"2022-01-02 03:05:05",,,2,,"2021-01-02 03:05:05",192.0.2.1,,,,1,a,
dead@m.example,Di,,,,,2,,"2021-01-02 03:05:05",192.0.2.1,,"2022-01-02 03:05:05",,1,a,`,
    expected: { in: 'active', odd: 'active', out: 'unsubscribed', dead: 'bounced' },
  },
}

describe('an export of another service', () => {
  it.each(Object.entries(exports))(
    '%s: nobody who opted out is active',
    async (name, { csv, expected, refused = 0 }) => {
      const { report, reading } = await importing(csv)
      expect(await statuses()).toEqual(expected)
      expect(report.refused).toBe(refused)
      expect(reading).toContain(`an export of ${name.split(',')[0]}`)
    },
  )

  it('brings its times and zones where they are good', async () => {
    await importing(exports['Mailchimp']?.csv ?? '')
    expect(
      await db.sql(`SELECT timezone, confirmed_at, unsubscribed_at, created_at FROM subscriber
        WHERE email LIKE 'in@%' OR email LIKE 'out@%' ORDER BY email`),
    ).toEqual([
      {
        timezone: 'Europe/Berlin',
        confirmed_at: new Date('2021-01-02T03:05:05Z'),
        unsubscribed_at: null,
        created_at: new Date('2021-01-02T03:04:05Z'),
      },
      {
        timezone: null,
        confirmed_at: new Date('2021-01-02T03:05:05Z'),
        unsubscribed_at: new Date('2022-01-02T03:05:05Z'),
        created_at: services.clock.now(),
      },
    ])
  })
})

describe('a table', () => {
  it.each([
    ['email;name;status\r\nx@t.example;"Müller; Anna";active\r\n', 'in UTF-8 with semicolons'],
    ['sep=;\r\nemail;name\r\nx@t.example;x\r\n', 'in UTF-8 with semicolons'],
    ['email\tname\tnote\nx@t.example\t"a\tb"\t\n', 'in UTF-8 with tabs'],
    [Buffer.from('\uFEFFemail,name\nx@t.example,x\n', 'utf16le'), 'in UTF-16LE with commas'],
    [Buffer.from('\uFEFFemail,name\nx@t.example,x\n', 'utf16le').swap16(), 'in UTF-16BE with commas'],
    [Buffer.from('E-Mail Address,name\nx@t.example,x\n', 'utf16le'), 'email from E-Mail Address'],
  ])('is read as it is, which is told: %j', async (csv, told) => {
    const { report, reading } = await importing(csv)
    expect(report).toMatchObject({ added: 1, refused: 0 })
    expect(reading).toContain(told)
    expect(await statuses()).toEqual({ x: 'active' })
  })

  it.each([
    ['email,name,email\na@t.example,x,b@t.example', 'The column email is there twice'],
    ['email,name,Email\na@t.example,x,', 'there twice'],
    ['email,status,name,Status\na@t.example,unsubscribed,x,active', 'The column status is there twice'],
    ['email,Email Address\na@t.example,b@t.example', 'Both email and Email Address'],
    ['email,Newsletter status\na@t.example,out', 'The column Newsletter status may say'],
    ['email,State\na@t.example,unsubscribed', 'The column State may say'],
  ])('is refused by the name of the column: %j', async (csv, said) => {
    await expect(importing(csv)).rejects.toThrow(said)
    expect(await statuses()).toEqual({})
  })

  it('has its doubtful column read, or passed over, when that is said', async () => {
    const csv = 'email,Newsletter status\na@t.example,opted out\nb@t.example,subscribed\n'
    await importing(csv, { columns: { status: 'Newsletter status' } })
    expect(await statuses()).toEqual({ a: 'unsubscribed', b: 'active' })
    await importing('email,State\nc@t.example,CA', { ignored: ['state'] })
    await importing('email,City,State\nd@t.example,Fresno,CA')
    expect(await statuses()).toMatchObject({ c: 'active', d: 'active' })
  })

  it.each([
    ['unsubscribed', 'yes'],
    ['Opted out', '1'],
    ['unsubscribedAt', '2024-01-01'],
    ['bounced', 'true'],
    ['subscribed', 'no'],
    ['is_active', 'false'],
    ['Opt-In', '0'],
    ['Spam complaints', 'x'],
  ])('with %s at %s holds nobody who is active', async (header, cell) => {
    await importing(`email,status,${header}\na@t.example,active,${cell}\n`)
    expect(await statuses()).not.toEqual({ a: 'active' })
    expect(Object.keys(await statuses())).toEqual(['a'])
  })
})

it('takes our own export back whole', async () => {
  await db.sql(`INSERT INTO subscriber (email, email_key, domain, status, frequency, timezone, hour, paused_until,
      source, confirmed_at, unsubscribed_at, created_at, updated_at) VALUES
    ('a@o.example', 'a@o.example', 'o.example', 'active', 'weekly', 'Asia/Tokyo', 18, '2026-12-15', '=talk',
      '2024-02-03T04:05:06Z', NULL, '2024-02-03T04:05:00Z', now()),
    ('+b@o.example', '+b@o.example', 'o.example', 'unsubscribed', 'daily', NULL, NULL, NULL, NULL,
      '2024-02-03T04:05:06Z', '2025-02-03T04:05:06Z', '2024-02-03T04:05:00Z', now()),
    ('c@o.example', 'c@o.example', 'o.example', 'pending', 'daily', NULL, 7, NULL, NULL,
      NULL, NULL, '2024-02-03T04:05:00Z', now())`)
  const csv = await text(exportSubscribers(db))
  await db.sql('TRUNCATE subscriber CASCADE')
  const { report, reading } = await importing(csv)
  expect(report).toMatchObject({ added: 3, refused: 0 })
  expect(reading).toContain('an export of Daily Papers')
  const back = await text(exportSubscribers(db))
  expect(back.split('\n').sort()).toEqual(csv.split('\n').sort())
})

it('reads times as databases write them', () => {
  const now = new Date('2026-01-01T00:00:00Z')
  expect(readTime('2024-01-01 10:00:00.000000 +0200 CEST', now)).toBeNull()
  expect(readTime('2024-01-01T10:00:00+02:00', now)?.toISOString()).toBe('2024-01-01T08:00:00.000Z')
  expect(readTime('2024-01-01 10:00:00.000000 +0000 UTC', now)?.toISOString()).toBe(
    '2024-01-01T10:00:00.000Z',
  )
  expect(readTime('2024-13-01', now)).toBeNull()
  expect(readTime('2027-01-01', now)).toBeNull()
})
