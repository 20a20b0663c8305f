/** What SpamAssassin thinks of every mail that a reader gets, by its rules for the mail alone. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runWaitedLane } from '../../src/deliveries/lanes/lanes.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../src/deliveries/sender/send-edition.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { buildServer } from '../../src/http/server.js'
import { silentLog } from '../../src/log.js'
import { ingestDay } from '../../src/papers/ingest.js'
import { fileSource } from '../../src/papers/sources/file.js'
import type { Db } from '../../src/db/client.js'
import { keepPicture } from '../../src/papers/pictures/store.js'
import { postForm } from '../support/forms.js'
import { linksOf, openMailbox } from '../support/mailbox.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'

const program = '/usr/bin/spamassassin'
const without = !existsSync(program)
if (without) console.warn('SpamAssassin is absent: what it thinks of our mails is not asked')

const reader = 'ada@readers.example'
const days = [
  ['2026-07-20', '2026-07-21'],
  ['2026-08-04', '2026-08-05'],
] as const
const [mostOfEdition, mostOfLetter] = [0, 0.5]

describe.skipIf(without)('SpamAssassin', { timeout: 300_000 }, () => {
  it('finds no fault with editions, and as good as none with letters', async () => {
    const { db } = await testDatabase()
    const mailbox = await openMailbox()
    const clock = stoppedClock('2026-07-20T12:00:00Z')
    const services = await testServices(
      db,
      {
        PUBLIC_URL: 'https://papers.example.org',
        MAIL_FROM: 'Daily Papers <papers@papers.example.org>',
        MAIL_URL: mailbox.url,
        SENDER_ADDRESS: 'Example Foundation, 1 Main Street, Springfield',
      },
      { clock },
    )
    const app = await buildServer(services)
    const parts = sendingParts(services)
    const stop = new AbortController()
    const lane = runWaitedLane(parts, stop.signal)
    const linkIn = async (count: number, path: string) => {
      const mails = await mailbox.mailsTo(reader, count)
      return new URL(linksOf(mails.at(-1)!).find((link) => link.includes(path)) ?? '').pathname
    }
    await postForm(app, '/api/v1/subscribers', { email: reader })
    await postForm(app, await linkIn(1, '/confirm/'), {})
    const preferences = await linkIn(2, '/preferences/')
    const cookie = String((await app.inject(preferences)).headers['set-cookie']).split(';')[0] ?? ''
    await postForm(
      app,
      '/preferences',
      { action: 'change-address', email: 'grace@readers.example' },
      { cookie },
    )
    await mailbox.mailsTo('grace@readers.example', 1)
    for (const [day, next] of days) {
      const file = fileURLToPath(new URL(`../fixtures/daily/${day}.json`, import.meta.url))
      await ingestDay({ db, clock, log: silentLog }, fileSource(file), day)
      await addPictures(db)
      clock.set(`${next}T05:00:00Z`)
      const { edition } = await buildEdition(services, 'daily', day)
      clock.set(`${next}T06:00:00Z`)
      await sendEdition(parts, edition.id)
    }
    stop.abort()
    await lane

    expect(mailbox.mails.filter(({ raw }) => raw.includes('/pictures/')).length).toBeGreaterThanOrEqual(2)
    const judged = await scoresOf(mailbox.mails.map(({ to, raw }) => received(to, raw)))
    expect(judged.length).toBe(5)
    for (const [i, { mail }] of mailbox.mails.entries()) {
      const { score, rules } = judged[i]!
      const most = mail.subject?.includes('Daily Papers') ? mostOfLetter : mostOfEdition
      expect(score, `${mail.subject}: ${rules}`).toBeLessThanOrEqual(most)
    }
    await Promise.all([app.close(), mailbox.close()])
    await services.close()
  })
})

/** What it shows is nobody's concern here: mails name it alone. */
async function addPictures(db: Db): Promise<void> {
  const form = (width: number) => ({ bytes: Buffer.from(String(width)), width, height: width / 2 })
  const papers = await db.tables.selectFrom('paper').select('id').execute()
  for (const { id } of papers)
    await db.transaction('job', (tx) => keepPicture(tx, id, 'preview', [form(1200), form(320)], new Date()))
}

/** As it comes to a mailbox provider: with the lines of the relay and of the provider's own host. */
function received(to: string, raw: string): string {
  const date = /^Date: (.*)$/m.exec(raw)?.[1]?.trim() ?? ''
  return [
    `Received: from relay.example.org (relay.example.org [9.9.9.9]) by mx.readers.example with ESMTPS id 2 for <${to}>; ${date}`,
    `Received: from papers.example.org (papers.example.org [10.0.0.2]) by relay.example.org with ESMTPSA id 1 for <${to}>; ${date}`,
    raw,
  ].join('\r\n')
}

type Judged = { score: number; rules: string }

const inStatus = /^X-Spam-Status: \w+, score=(-?[\d.]+)[^]*?tests=([^]*?)\s+\w+=/gm

/** One process for all, as it takes seconds to start: they go in and come out as an mbox. */
function scoresOf(mails: string[]): Promise<Judged[]> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 50_000_000, env: { PATH: process.env['PATH'], LANG: 'C' } }
    const child = execFile(program, ['--local', '--mbox'], options, (error, stdout) => {
      if (error) return reject(error)
      const found = [...stdout.matchAll(inStatus)]
      resolve(
        found.map(([, score, rules = '']) => ({ score: Number(score), rules: rules.replaceAll(/\s+/g, '') })),
      )
    })
    const mbox = mails.map(
      (mail) => `From papers@papers.example.org Tue Aug  4 06:00:00 2026\n${mail.replaceAll('\r\n', '\n')}\n`,
    )
    child.stdin?.end(mbox.join(''))
  })
}
