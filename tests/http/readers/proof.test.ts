/** The sign-up on a busy day, in a real browser: a proof of work is asked for, done and taken. */
import type { FastifyInstance } from 'fastify'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import type { Services } from '../../../src/services.js'
import type { SignupLimits } from '../../../src/subscribers/door/limits.js'
import { subscribe } from '../../../src/subscribers/signup/subscribe.js'
import { buildServer } from '../../../src/http/server.js'
import { postForm } from '../../support/forms.js'
import { openBrowser, findings, sidewaysOverflow, withoutChromium } from '../../support/browser.js'
import { boundless, evidence, mailedToken, owedTo, statusOf } from '../../support/readers.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let db: Db
let app: FastifyInstance
let browser: Browser
let url: string
let services: Services & { limits: SignupLimits }

beforeAll(async () => {
  if (withoutChromium) return
  ;({ db } = await testDatabase())
  // The breaker is near from the first sign-up on.
  services = { ...(await testServices(db)), limits: { ...boundless, proofMinute: 0 } }
  app = await buildServer(services)
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  browser = await openBrowser()
})
afterAll(async () => {
  if (withoutChromium) return
  await browser?.close()
  await app.close()
})

/** A page that writes down what it complains about and what its live region says. */
async function openPage(options: BrowserContextOptions = {}) {
  const page = await (await browser.newContext(options)).newPage()
  const complaints: string[] = []
  const heard: string[] = []
  page.on('console', (message) => {
    const expected = /status of 428/.test(message.text())
    if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.exposeFunction('hear', (words: string) => heard.push(words))
  // Set up as soon as the page has its live region, which is before its script runs.
  await page.addInitScript({
    content: `new MutationObserver((_, whole) => {
      const told = document.querySelector('[role=status]')
      if (!told || !document.querySelector('script[src*=proof]')) return
      whole.disconnect()
      new MutationObserver(() => hear(told.textContent)).observe(told, { childList: true })
    }).observe(document, { childList: true, subtree: true })`,
  })
  await page.goto(url)
  return { page, complaints, heard }
}

async function signUp(page: Page, email: string): Promise<void> {
  await page.fill('#email', email)
  await page.click('.signup button')
}

const arrived = (page: Page) => page.getByRole('heading', { name: 'Now check your inbox' }).waitFor()

/** The script of the sum is held up until the promise is kept. */
const holdScript = (page: Page, until: Promise<unknown>) =>
  page.route('**/proof*.js*', async (route) => {
    await until
    await route.continue()
  })

describe.skipIf(withoutChromium)('a sign-up when the breaker is near', { timeout: 90_000 }, () => {
  it('goes through without another press, under a strict policy and aloud', async () => {
    const { page, complaints, heard } = await openPage()
    const asked = page.waitForResponse((answer) => answer.request().method() === 'POST')
    await signUp(page, 'busy@example.org')
    const answer = await asked
    expect(answer.status()).toBe(428)
    expect(answer.headers()['content-security-policy']).toMatch(
      /default-src 'none';script-src 'self';(?!.*unsafe)/,
    )
    await arrived(page)
    expect(heard).toEqual([
      'Your browser is at it. This takes some seconds; you need not do anything.',
      'Done: you are being signed up.',
    ])
    expect(complaints).toEqual([])
    expect(await statusOf(db, 'busy@example.org')).toBe('pending')
    await page.context().close()
  })

  it('goes through by keyboard alone, on a phone', async () => {
    const { page } = await openPage({ viewport: { width: 375, height: 700 } })
    await page.focus('#email')
    await page.keyboard.type('keys@example.org')
    await page.keyboard.press('Enter')
    await arrived(page)
    expect(await statusOf(db, 'keys@example.org')).toBe('pending')
    await page.context().close()
  })

  it('waits for whoever mends the address meanwhile', async () => {
    const { page, heard } = await openPage()
    let release = (): void => {}
    await holdScript(
      page,
      new Promise<void>((resolve) => {
        release = resolve
      }),
    )
    await page.fill('#email', 'slipp@example.org')
    await page.click('.signup button', { noWaitAfter: true })
    await page.getByText('One moment, please').waitFor()
    await page.fill('#email', 'slip@example.org')
    release()
    await page.getByText('Done. Press Subscribe').waitFor()
    expect(heard.at(-1)).toBe('Done. Press Subscribe, and you are through.')
    await page.click('.signup button')
    await arrived(page)
    expect(await statusOf(db, 'slip@example.org')).toBe('pending')
    expect(await statusOf(db, 'slipp@example.org')).toBeUndefined()
    await page.context().close()
  })

  it.each([
    ['light and wide', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' as const }],
    ['dark and narrow', { viewport: { width: 320, height: 700 }, colorScheme: 'dark' as const }],
  ])('has no serious fault while it works, %s', async (_, view) => {
    const { page } = await openPage(view)
    // A sum that takes hours, so that there is time to look.
    await page.route('**/api/v1/subscribers', async (route) => {
      const answer = await route.fetch()
      const body = (await answer.text()).replace(/maxnumber&quot;:\d+/, 'maxnumber&quot;:1000000000')
      await route.fulfill({
        response: answer,
        body: body.replace(/(challenge&quot;:&quot;)[0-9a-f]{8}/, '$100000000'),
      })
    })
    await signUp(page, 'long@example.org')
    await page.getByText('Your browser is at it').waitFor()
    expect(await page.getByRole('progressbar', { name: 'How far the sum is' }).isVisible()).toBe(true)
    expect(await page.getByRole('button', { name: 'Subscribe' }).isDisabled()).toBe(true)
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0)
    expect(await findings(page)).toEqual([])
    await page.context().close()
  })

  it('tells what helps where scripts are off, and keeps what was typed', async () => {
    const { page, complaints } = await openPage({ javaScriptEnabled: false })
    await signUp(page, 'bare@example.org')
    expect(await page.textContent('[role=status]')).toContain('in a few minutes')
    expect(await page.inputValue('#email')).toBe('bare@example.org')
    expect(await page.getByRole('button', { name: 'Subscribe' }).isEnabled()).toBe(true)
    expect(await statusOf(db, 'bare@example.org')).toBeUndefined()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('asks whoever renews a link to wait, without a sum', async () => {
    const email = 'renew@example.org'
    await subscribe({ ...services, limits: boundless }, { email }, evidence)
    const asked = await app.inject({
      method: 'POST',
      url: `/confirm/${await mailedToken(services, email)}`,
      payload: 'action=renew',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([asked.statusCode, asked.headers['retry-after']]).toEqual([429, '60'])
    expect(asked.body).toContain('in a few minutes')
    expect(asked.body).toContain('Send me a new mail')
    expect(await owedTo(db, email)).toHaveLength(1)
  })

  it('keeps the wishes of a form elsewhere, and not the ones that are none', async () => {
    const post = (fields: Record<string, string>) => postForm(app, '/api/v1/subscribers', fields)
    const wishes = { frequency: 'weekly', timezone: 'Asia/Tokyo', source: 'blog' }
    const asked = await post({ email: 'wish@example.org', ...wishes })
    expect(asked.statusCode).toBe(428)
    for (const [name, value] of Object.entries(wishes)) {
      expect(asked.body).toContain(`<input type="hidden" name="${name}" value="${value}">`)
    }
    const wrong = await post({ email: 'wish@example.org', frequency: 'hourly', timezone: 'Mars/Olympus' })
    expect(wrong.statusCode).toBe(422)
    expect(wrong.body).toContain('has a wish that is none of ours')
    expect(wrong.body).not.toMatch(/name="(frequency|timezone)"/)
  })
})
