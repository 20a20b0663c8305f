import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { afterAll, expect, it } from 'vitest'
import { addDays } from '../../src/clock.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { editionReport } from '../../src/deliveries/reports/report.js'
import { sendEdition } from '../../src/deliveries/sender/send-edition.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { hubSource } from '../../src/papers/sources/hub.js'
import { ingestDay } from '../../src/papers/ingest.js'
import { unsubscribe } from '../support/reader-steps.js'
import { startHubStandIn } from '../support/hub-stand-in.mjs'
import { addReaders } from '../support/ledger.js'
import { recordedFolder } from '../support/recorded.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const { db } = await testDatabase()
const readers = 50

const inbox: { to: string; raw: Buffer }[] = []

const relay = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  logger: false,
  onData(stream, session, done) {
    const to = session.envelope.rcptTo[0]?.address ?? ''
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      inbox.push({ to, raw: Buffer.concat(chunks) })
      done()
    })
  },
})
await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
afterAll(() => new Promise<void>((resolve) => relay.close(() => resolve())))

const recorded = recordedFolder('eleven of the fifteen recorded days')
const folder = recorded ? `${recorded}/daily` : fileURLToPath(new URL('../fixtures/daily/', import.meta.url))

it('goes from the recorded lists to fifty inboxes, day after day', { timeout: 180_000 }, async () => {
  const clock = stoppedClock('2024-01-01T06:00:00Z')
  const hub = await startHubStandIn({ dir: folder, now: () => clock.now() })
  const { port } = relay.server.address() as AddressInfo
  const services = await testServices(
    db,
    {
      PUBLIC_URL: 'https://papers.test',
      MAIL_URL: `smtp://127.0.0.1:${port}?connections=5`,
      PAPERS_API_URL: hub.url,
    },
    { clock },
  )
  await addReaders(db, readers)
  const parts = sendingParts(services)
  const source = hubSource({ baseUrl: hub.url, clock })
  const shown = new Set<string>()
  let leaver: number | undefined
  let owed = readers

  for (const day of hub.days) {
    clock.set(`${addDays(day, 1)}T06:00:00Z`)
    inbox.length = 0
    expect((await ingestDay(services, source, day)).outcome).toBe('ok')
    const { edition } = await buildEdition(services, 'daily', day)
    expect(edition.status).toBe('frozen')
    for (const { id } of edition.papers ?? []) {
      expect(shown).not.toContain(id)
      shown.add(id)
    }
    const summary = await sendEdition(parts, edition.id)
    expect(summary).toMatchObject({ status: 'sent', whole: true, owed })
    const report = await editionReport(db, edition.id)
    expect(report?.byStatus.accepted).toBe(inbox.length)
    expect(new Set(inbox.map(({ to }) => to)).size).toBe(owed)
    const ids = inbox.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw.toString())?.[1])
    expect(new Set(ids).size).toBe(owed)
    const [first] = inbox
    if (!first) throw new Error('no mail came')
    checkMail(
      first.to,
      await simpleParser(first.raw),
      edition.subject ?? '',
      edition.papers?.[0]?.title ?? '',
    )
    // From the second day on one reader is gone.
    if (leaver === undefined) {
      leaver = await leave(services, first.to)
      owed -= 1
    }
  }
  expect(hub.days.length).toBeGreaterThanOrEqual(5)
  const open = await db.sql(`SELECT status FROM mail_owed WHERE status <> 'accepted'`)
  expect(open).toEqual([])
  await hub.close()
  await services.close()
})

function checkMail(to: string, mail: ParsedMail, subject: string, title: string): void {
  expect(mail.subject).toBe(subject)
  expect(mail.headers.get('to')).toMatchObject({ text: to })
  expect(mail.text).toContain(title.slice(0, 20))
  const list = mail.headers.get('list') as { unsubscribe?: { url?: string }; id?: object }
  expect(list.unsubscribe?.url).toMatch(/^https:\/\/papers\.test\/unsubscribe\/\S+$/)
  expect(mail.headerLines.map(({ line }) => line)).toContain(
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  )
  expect(list.id).toMatchObject({ id: 'daily-papers.papers.test' })
  expect(mail.html).toContain(list.unsubscribe?.url)
  expect(mail.headers.get('feedback-id')).toMatch(/^\d{4}-\d{2}-\d{2}:daily:daily-papers:localhost-mail$/)
}

async function leave(services: Parameters<typeof unsubscribe>[0], email: string): Promise<number> {
  const [reader] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  const id = reader?.id ?? 0
  await unsubscribe(services, id, { ip: '127.0.0.1', userAgent: 'test', text: 'Unsubscribe' })
  return id
}
