/** The life of a subscriber in a real browser, against the running service and a real SMTP server. */
import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../src/db/client.js'
import { runWaitedLane } from '../../src/deliveries/lanes/lanes.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../src/deliveries/sender/send-edition.js'
import { compileEdition } from '../../src/editions/compiling/compile.js'
import type { Services } from '../../src/services.js'
import { preferencesUrl } from '../../src/subscribers/links.js'
import { buildServer } from '../../src/http/server.js'
import { openBrowser, findings, sidewaysOverflow, withoutChromium } from '../support/browser.js'
import { addEdition } from '../support/ledger.js'
import { linksOf, type Mailbox, openMailbox } from '../support/mailbox.js'
import { boundless } from '../support/readers.js'
import { testServices } from '../support/services.js'
import { editionOf, shownPapers } from '../support/shown-papers.js'
import { testDatabase } from '../support/test-database.js'
import { wholeDatabase } from '../support/whole-database.js'
import { freePort } from '../support/free-port.js'
import { until } from '../support/until.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

let db: Db
let services: Services
let app: FastifyInstance
let mailbox: Mailbox
let browser: Browser
let publicUrl: string
let edition: number
const stop = new AbortController()
let sending: Promise<void>

beforeAll(async () => {
  if (withoutChromium) return
  ;({ db } = await testDatabase())
  mailbox = await openMailbox()
  const port = await freePort()
  publicUrl = `http://127.0.0.1:${port}`
  services = await testServices(db, { PUBLIC_URL: publicUrl, PORT: String(port), MAIL_URL: mailbox.url })
  const compiled = await compileEdition(editionOf(shownPapers(10), { publicUrl }))
  edition = await addEdition(db, { sendAt: new Date('2026-07-22T06:00:00Z'), compiled })
  // Mails for one address in a row are what this is about.
  app = await buildServer({ ...services, limits: boundless } as Services)
  await app.listen({ host: '127.0.0.1', port })
  sending = runWaitedLane(sendingParts(services), stop.signal)
  browser = await openBrowser()
})
afterAll(async () => {
  if (withoutChromium) return
  await browser?.close()
  stop.abort()
  await sending
  await app.close()
  await services.close()
  await mailbox.close()
})

const windows = [
  ['a desktop', 'desktop', { viewport: { width: 1280, height: 900 } }],
  ['a phone, in the dark', 'phone', { viewport: { width: 375, height: 812 }, colorScheme: 'dark' as const }],
  ['a desktop without scripts', 'bare', { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }],
] as const

describe.skipIf(withoutChromium)('a reader', () => {
  it.each(windows)(
    'on %s signs up, confirms, chooses, leaves and comes back',
    { timeout: 90_000 },
    async (_, name, view) => {
      const email = `${name}@readers.example`
      const context = await browser.newContext(view)
      const page = await context.newPage()
      if (name === 'bare') scriptless.add(page)
      await page.goto(publicUrl)
      await page.fill('#email', email)
      await page.click('.signup button')
      await shows(page, 'Now check your inbox')

      const [confirmation] = await mailbox.mailsTo(email, 1)
      expect(confirmation?.subject).toBe('Please confirm: Daily Papers')
      await page.goto(linkIn(confirmation, '/confirm/'))
      await shows(page, 'One click and you are in')
      expect(await statusOf(email)).toBe('pending')
      await page.click('main button')
      await shows(page, 'Welcome!')
      expect(await page.textContent('main')).toContain('The newest edition of Daily Papers is on its way')
      expect(await statusOf(email)).toBe('active')

      const [, welcome] = await mailbox.mailsTo(email, 2)
      expect(welcome?.subject).toBe('Welcome to Daily Papers')
      expect(welcome?.text).toContain('You are in, and thank you.')
      expect(welcome?.text).toContain('10. ')
      await page.goto(linkIn(welcome, '/preferences/'))
      await shows(page, 'Your preferences')
      expect(page.url()).toBe(`${publicUrl}/preferences`)
      await page.check('input[value=weekly]')
      await page.selectOption('select[name=hour]', '7')
      await page.selectOption('select[name=timezone]', 'Asia/Tokyo')
      await page.click('button[value=save]')
      await shows(page, 'Your preferences')
      expect(await page.textContent('[role=status]')).toContain('Saved')
      expect(
        await db.sql('SELECT frequency, hour, timezone FROM subscriber WHERE email = $1', [email]),
      ).toEqual([{ frequency: 'weekly', hour: 7, timezone: 'Asia/Tokyo' }])

      await page.goto(linkIn(welcome, '/unsubscribe/'))
      await shows(page, 'Leave Daily Papers?')
      expect(await statusOf(email)).toBe('active')
      await page.click('main button')
      await shows(page, 'Goodbye, and thank you for reading')
      expect(await statusOf(email)).toBe('unsubscribed')
      await page.check('input[value="too often"]')
      await page.click('text=Tell us')
      await shows(page, 'Goodbye, and thank you for reading')
      await page.click('text=Subscribe me again')
      await shows(page, 'Good to have you back')
      expect(await statusOf(email)).toBe('active')
      await context.close()
    },
  )

  it('gets a mail of every kind', { timeout: 90_000 }, async () => {
    const [daily, leaver, mover, late] = await Promise.all(['daily', 'leaver', 'mover', 'late'].map(join))
    await signUp('waiting@readers.example')
    await signUp('daily@readers.example')
    await post(preferencesOf(leaver), 'action=change-address&email=asked@readers.example')
    await post(preferencesOf(mover), 'action=change-address&email=moved@readers.example')
    const [asked] = await mailbox.mailsTo('moved@readers.example', 1)
    await post(linkIn(asked, '/confirm/'), '')
    await post(preferencesOf(late, new Date('2026-05-01')), 'action=renew')
    const sent = await sendEdition(sendingParts(services), edition)
    expect(sent).toMatchObject({ whole: true })
    expect(daily).toBeGreaterThan(0)
    await mailbox.mailsTo('daily@readers.example', 4)
    await mailbox.mailsTo('late@readers.example', 4)
    await mailbox.mailsTo('mover@readers.example', 3)
    await mailbox.mailsTo('waiting@readers.example', 1)
    await mailbox.mailsTo('asked@readers.example', 1)
    expect(kindsOfMail()).toEqual([
      'Daily Papers goes to your new address',
      'Please confirm your new address for Daily Papers',
      'Please confirm: Daily Papers',
      expect.stringMatching(/^SWE-Pruner Pro.* and \d+ more$/),
      'Welcome to Daily Papers',
      'You are already subscribed to Daily Papers',
      'Your preferences for Daily Papers',
    ])
  })

  it('is not touched by a scanner that opens every link of every mail', { timeout: 90_000 }, async () => {
    await nothingIsDue()
    const before = await wholeDatabase(db)
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(['subscriber', 'token', 'consent', 'delivery', 'suppression']),
    )
    const links = mailbox.mails
      .flatMap(({ mail }) => linksOf(mail))
      .filter((url) => url.startsWith(publicUrl))
    expect(links.length).toBeGreaterThan(20)
    for (const url of new Set(links)) {
      for (const method of ['HEAD', 'GET']) {
        const answer = await fetch(url, { method })
        await answer.arrayBuffer()
        expect(answer.status, `${method} ${new URL(url).pathname}`).toBeLessThan(500)
      }
    }
    expect(await wholeDatabase(db)).toEqual(before)
  })

  it('finds help behind links that no longer work, in every width', async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 700 } })
    for (const path of [
      '/confirm/nonsense',
      '/unsubscribe/nonsense',
      '/preferences/nonsense',
      '/preferences',
    ]) {
      await page.goto(publicUrl + path)
      await shows(page, (await page.textContent('main h1')) ?? '')
    }
    await page.goto(`${publicUrl}/preferences/nonsense`)
    await page.fill('#email', 'no address@x')
    await page.evaluate(`document.querySelector('.signup form').noValidate = true`)
    await page.click('.signup button')
    expect(await page.textContent('[role=alert]')).toContain('one plain address')
    expect(await findings(page)).toEqual([])
    await page.close()
  })

  it('gets mails without findings, of every kind', { timeout: 120_000 }, async () => {
    const page = await browser.newPage()
    for (const subject of kindsOfMail()) {
      const html = mailbox.mails.find(({ mail }) => mail.subject === subject)?.mail.html
      await page.setContent(html || '')
      for (const [colorScheme, width] of [
        ['light', 1280],
        ['dark', 375],
      ] as const) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        expect(await sidewaysOverflow(page), subject).toBeLessThanOrEqual(0)
        expect(await findings(page), subject).toEqual([])
      }
    }
    await page.close()
  })
})

/** The page has that heading, fits its window and has no serious fault for those who use it otherwise. */
async function shows(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  // Nothing of ours can look at a page whose scripts are off; it is the same page as with them.
  if (scriptless.has(page)) return
  expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0)
  expect(await findings(page), heading).toEqual([])
}

const scriptless = new WeakSet<Page>()

function linkIn(mail: Parameters<typeof linksOf>[0] | undefined, part: string): string {
  const link = mail && linksOf(mail).find((url) => url.includes(part))
  if (!link) throw new Error(`the mail has no link to ${part}`)
  return link
}

async function statusOf(email: string): Promise<string | undefined> {
  const [row] = await db.sql<{ status: string }>('SELECT status FROM subscriber WHERE email = $1', [email])
  return row?.status
}

const kindsOfMail = () => [...new Set(mailbox.mails.map(({ mail }) => mail.subject ?? ''))].toSorted()

function signUp(email: string) {
  return fetch(`${publicUrl}/api/v1/subscribers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  })
}

const post = (url: string, body: string) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })

/** Signs up and confirms. @returns the subscriber's id. */
async function join(name: string): Promise<number> {
  const email = `${name}@readers.example`
  await signUp(email)
  const [confirmation] = await mailbox.mailsTo(email, 1)
  await post(linkIn(confirmation, '/confirm/'), '')
  await mailbox.mailsTo(email, 2)
  const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  return row?.id ?? 0
}

const preferencesOf = (id = 0, mailedAt = new Date()) =>
  preferencesUrl(services.secrets, publicUrl, { id, epoch: 0 }, mailedAt)

async function nothingIsDue(): Promise<void> {
  const open = () => db.sql('SELECT 1 FROM mail_owed WHERE settled_at IS NULL')
  await until(async () => (await open()).length === 0)
}
