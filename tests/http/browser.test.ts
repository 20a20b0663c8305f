import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, findings, sidewaysOverflow, withoutChromium } from '../support/browser.js'
import { openSite, type Site } from '../support/site.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

let browser: Browser
let site: Site

const names = [
  'home',
  'day',
  'quiet-day',
  'week',
  'month',
  'search',
  'paper',
  'old-paper',
  'editions',
  'edition',
  'outbox',
  'outbox-mail',
  'not-found',
  'problem',
]

const phone = { viewport: { width: 375, height: 800 } }
const desktop = { viewport: { width: 1200, height: 900 } }

/** A page that writes down what it complains about and whom it asks. */
async function open(
  path: string,
  options: BrowserContextOptions,
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    const expected = /status of 404/.test(message.text())
    if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(site.url) && !request.url().startsWith('data:'))
      complaints.push(request.url())
  })
  await page.goto(site.url + path)
  return { page, complaints }
}

describe.skipIf(withoutChromium)('pages in a browser', () => {
  beforeAll(async () => {
    browser = await openBrowser()
    site = await openSite({ pictures: true })
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it('are all tried', () => {
    expect(Object.keys(site.pages)).toEqual(names)
  })

  describe.each(names)('%s', (name) => {
    it('has no fault for axe, light and wide or dark and narrow', async () => {
      const { page, complaints } = await open(site.pages[name] ?? '', { ...desktop, colorScheme: 'light' })
      expect(await findings(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.setViewportSize(phone.viewport)
      expect(await findings(page)).toEqual([])
      expect(complaints).toEqual([])
      await page.context().close()
    })

    it('is whole on a phone without scripts', async () => {
      const { page, complaints } = await open(site.pages[name] ?? '', { ...phone, javaScriptEnabled: false })
      expect(await page.locator('h1').count()).toBeGreaterThan(0)
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
      await page.context().close()
    })
  })

  it('lead by keyboard from the skip link to the content', async () => {
    const { page } = await open('/papers/2026-08-07', desktop)
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    for (const next of ['Day', 'Week', 'Month', 'Wednesday']) {
      await page.keyboard.press('Tab')
      expect(await page.locator(':focus').textContent()).toContain(next)
    }
    await page.context().close()
  })

  it('have links at the foot that a thumb meets', async () => {
    const { page } = await open('/', phone)
    for (const link of await page.locator('.colophon a').all()) {
      const box = await link.boundingBox()
      expect(box?.height).toBeGreaterThanOrEqual(44)
      expect(box?.width).toBeGreaterThanOrEqual(44)
    }
    await page.context().close()
  })

  it('have the first paper on the first screen of a phone', async () => {
    const { page } = await open('/', phone)
    const first = await page.locator('.paper h2').first().boundingBox()
    expect((first?.y ?? Infinity) + (first?.height ?? 0)).toBeLessThan(phone.viewport.height)
    await page.context().close()
  })

  it('lead through the days and to a paper without scripts', async () => {
    const { page } = await open('/', { ...phone, javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Wednesday' }).first().click()
    expect(page.url()).toBe(`${site.url}/papers/2026-08-05`)
    await page.getByRole('link', { name: 'Friday' }).first().click()
    await page.getByRole('link', { name: 'Attention in' }).first().click()
    expect(await page.title()).toBe('Attention in O(n log n) time over R^d · Daily Papers')
    expect(await page.locator('math').count()).toBeGreaterThan(1)
    await page.context().close()
  })

  it.each(['day', 'week', 'month', 'paper', 'edition'])(
    'take a sign-up on the page of a %s',
    async (name) => {
      const { page, complaints } = await open(site.pages[name] ?? '', { ...phone, javaScriptEnabled: false })
      const field = page.getByRole('textbox', { name: 'Email address' })
      expect((await field.boundingBox())?.height).toBeGreaterThanOrEqual(44)
      await field.fill(`from-${name}@example.org`)
      await page.getByRole('button', { name: 'Subscribe' }).click()
      await page.getByText(`from-${name}@example.org`).waitFor()
      expect(page.url()).toBe(`${site.url}/check-your-inbox`)
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  it('ask about a mistyped address on a page of its own, without scripts', async () => {
    const { page, complaints } = await open('/', { ...phone, javaScriptEnabled: false })
    await page.getByRole('textbox', { name: 'Email address' }).fill('finger@gmail.con')
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await page.getByText('Did you mean').waitFor()
    expect(page.url()).toBe(`${site.url}/did-you-mean`)
    // Loaded again it asks again, and sends nothing.
    await page.reload()
    await page.getByRole('button', { name: 'Yes, use finger@gmail.com' }).click()
    await page.getByText('on its way to finger@gmail.com').waitFor()
    expect(page.url()).toBe(`${site.url}/check-your-inbox`)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('lead from one edition to the next, and back to the site', async () => {
    const { page } = await open('/editions/2026-08-05', { ...phone, javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Friday, 7 August 2026' }).click()
    expect(page.url()).toBe(`${site.url}/editions/2026-08-07`)
    await page.getByRole('link', { name: 'Wednesday, 5 August 2026' }).click()
    expect(page.url()).toBe(`${site.url}/editions/2026-08-05`)
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Editions' }).click()
    expect(page.url()).toBe(`${site.url}/editions`)
    await page.context().close()
  })

  it('draw the description of the API from our own files', async () => {
    const { page, complaints } = await open('/docs', desktop)
    await page.getByText('Papers, editions and subscriptions.').waitFor()
    expect(await page.getByText('/api/v1/papers', { exact: true }).count()).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
