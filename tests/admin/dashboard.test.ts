import { readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, seriousFindings, sidewaysOverflow, withoutChromium } from '../support/browser.js'
import { adminServer, day, listPapers, testAdminKey } from './admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer()
  await listPapers(server, 5)
  for (const name of ['ada', 'bob']) {
    await server.call('POST', '/subscribers', { body: { email: `${name}@example.org`, confirm: false } })
  }
})

const get = (url: string, cookie?: string) =>
  server.app.inject({ method: 'GET', url, headers: cookie ? { cookie } : {} })

async function signIn(key = testAdminKey, from = '192.0.2.1') {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/admin/sign-in',
    remoteAddress: from,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ key }).toString(),
  })
  const cookie = String(answer.headers['set-cookie'] ?? '')
  return { answer, cookie: cookie.split(';')[0] ?? '', attributes: cookie }
}

describe('a session', () => {
  it('stands for a key, in a cookie that no script and no other site can use', async () => {
    expect((await get('/admin')).headers['location']).toBe('/admin/sign-in')
    const { answer, cookie, attributes } = await signIn()
    expect(answer.statusCode).toBe(303)
    expect(attributes).toMatch(/HttpOnly; SameSite=Strict$/)
    expect((await get('/admin', cookie)).statusCode).toBe(200)
    expect((await signIn('wrong')).answer.statusCode).toBe(401)
  })

  it('ends with the key, with signing out, and in time', async () => {
    const key = await server.keyWith('editions:read')
    const { cookie } = await signIn(key)
    expect((await get('/admin', cookie)).statusCode).toBe(200)
    expect((await get('/admin/keys', cookie)).statusCode).toBe(403)
    await server.call('DELETE', `/keys/${key.slice(3, 11)}`)
    expect((await get('/admin', cookie)).statusCode).toBe(303)
    const second = await signIn()
    await server.app.inject({ method: 'POST', url: '/admin/sign-out', headers: { cookie: second.cookie } })
    expect((await get('/admin', second.cookie)).statusCode).toBe(303)
  })

  it('changes nothing without the token of a page', async () => {
    const { cookie } = await signIn()
    const token = /name="csrf" content="([^"]+)"/.exec((await get('/admin', cookie)).body)?.[1] ?? ''
    const change = (headers: Record<string, string>) =>
      server.app.inject({
        method: 'POST',
        url: '/api/v1/admin/suppressions',
        remoteAddress: '192.0.2.77',
        headers: { cookie, ...headers },
        payload: { email: 'x@example.org' },
      })
    expect((await change({})).statusCode).toBe(401)
    expect((await change({ 'x-csrf-token': 'x'.repeat(43) })).statusCode).toBe(401)
    expect((await change({ 'x-csrf-token': token })).statusCode).toBe(200)
  })

  it('is slow to guess', async () => {
    for (let i = 0; i < 10; i += 1) await signIn(`guess ${i}`, '203.0.113.5')
    expect((await signIn(testAdminKey, '203.0.113.5')).answer.statusCode).toBe(429)
  })
})

it('ships the chart that the page asks for', async () => {
  expect((await get('/admin/chart/uPlot.esm.js')).statusCode).toBe(200)
  expect((await get('/admin/chart/uPlot.cjs.js')).statusCode).toBe(404)
  const script = await readFile('templates/assets/admin.js', 'utf8')
  expect(script).toContain('/admin/chart/uPlot.esm.js')
})

describe.skipIf(withoutChromium)('the desk in a browser', () => {
  let browser: Browser
  let page: Page
  let base: string
  const faults: string[] = []

  beforeAll(async () => {
    await server.app.listen({ port: 0, host: '127.0.0.1' })
    base = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}/admin`
    browser = await openBrowser()
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(`${base}/sign-in`)
    await page.fill('#key', testAdminKey)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/admin')
  })
  afterAll(async () => {
    await browser?.close()
    await server.app.close()
  })

  /** Presses a button, gives the reason it asks for, and says what the page then says. */
  async function press(name: string, reason?: string): Promise<string> {
    await page.evaluate(`document.getElementById('said').textContent = ''`)
    await page.getByRole('button', { name, exact: true }).first().click()
    const dialog = page.locator('dialog[open]')
    if (reason !== undefined) {
      await dialog.locator('input').fill(reason)
      await dialog.getByRole('button', { name: 'Do it' }).click()
    }
    await page.locator('#said:not(:empty)').waitFor()
    return page.locator('#said').innerText()
  }
  const state = () => page.locator('.state').first().innerText()

  it('steers an edition, each button once', async () => {
    await page.goto(`${base}/papers?date=${day}`)
    expect(await press('Build the edition anew')).toContain('Done')
    await page.goto(`${base}/editions/${day}`)
    for (const [button, reason, after] of [
      ['Build anew', undefined, 'draft'],
      ['Hold', 'a doubt', 'held'],
      ['Approve', 'no doubt', 'frozen'],
      ['Pause', '', 'paused'],
      ['Resume', undefined, 'frozen'],
      ['Send now', '', 'frozen'],
    ] as const) {
      expect(await press(button, reason), button).toContain('Done')
      expect(await state(), button).toBe(after)
    }
    await page.fill('#sendAt', '2026-08-05T09:30')
    expect(await press('Set the time')).toContain('Done')
    await page.fill('#to', 'me@example.org')
    expect(await press('Send a test')).toContain('Done: Send a test.')
    expect(await press('Cancel', 'a mistake')).toContain('Done')
    expect(await state()).toBe('cancelled')
  })

  it('orders papers by keys, by buttons and by dragging; pins and hides them', async () => {
    await page.goto(`${base}/papers?date=${day}`)
    const order = () =>
      page
        .locator('[data-papers] li')
        .evaluateAll((items) => items.map((item) => item.getAttribute('data-id')?.slice(-1)).join(''))
    expect(await order()).toBe('12345')
    await page.locator('[data-id="2608.00003"]').focus()
    await page.keyboard.press('Alt+ArrowUp')
    expect(await order()).toBe('13245')
    await page.getByRole('button', { name: /^Move down: Paper 1/ }).click()
    expect(await order()).toBe('31245')
    await page.dragAndDrop('[data-id="2608.00005"]', '[data-id="2608.00003"]')
    expect(await order()).toBe('53124')
    expect(await press('Keep this order')).toContain('kept')
    expect(await order()).toBe('53124')
    expect(await press('Unpin')).toContain('Done')
    expect(await press('Pin here')).toContain('Done')
    expect(await press('Hide', '')).toContain('Done')
    expect(await page.locator('[data-papers] li').count()).toBe(4)
    expect(await press('Show again')).toContain('Done')
  }, 60_000)

  it('adds, changes, finds and erases subscribers, and imports them', async () => {
    await page.goto(`${base}/subscribers`)
    await page.fill('#email', 'new@example.org')
    await page.uncheck('input[name=confirm]')
    expect(await press('Add')).toContain('Done')
    const file = join(server.services.config.dataDir, 'list.csv')
    await writeFile(file, 'email\nfile@example.org\nbad\n')
    await page.setInputFiles('#file', file)
    await page.uncheck('input[name=dryRun]')
    await press('Import')
    await page.getByText('2 rows: 1 added').waitFor()
    await page.fill('#q', 'new@')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('link', { name: 'new@example.org' }).click()
    await page.selectOption('#frequency', 'weekly')
    expect(await press('Change')).toContain('Done')
    expect(await press('Unsubscribe', 'asked')).toContain('Done')
    expect(await press('Suppress', 'asked')).toContain('Done')
    expect(await press('Erase', 'asked')).toContain('Done')
    await page.waitForURL('**/admin/subscribers')
  })

  it('adds and lifts suppressions, makes, rotates and revokes keys', async () => {
    await page.goto(`${base}/suppressions`)
    await page.fill('#email', 'never@example.org')
    expect(await press('Suppress')).toContain('Done')
    expect(await press('Lift', 'asked')).toContain('Done')
    await page.goto(`${base}/keys`)
    await page.fill('#name', 'from the desk')
    await page.check('input[value="audit:read"]')
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.waitForSelector('#made:not([hidden])')
    expect(await page.locator('#made code').innerText()).toMatch(/^dp_/)
    await page.reload()
    await page.getByRole('button', { name: 'Rotate' }).first().click()
    await page.getByRole('button', { name: 'Do it' }).click()
    await page.waitForSelector('#made:not([hidden])')
    await page.reload()
    expect(await press('Revoke', 'lost')).toContain('Done')
  })

  it.each([
    '',
    '/editions',
    `/editions/${day}`,
    '/papers',
    '/subscribers',
    '/suppressions',
    '/domains',
    '/keys',
    '/audit',
  ])('shows %s without serious findings, on a phone too, in light and dark', async (path) => {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 })
      await page.emulateMedia({ colorScheme })
      await page.goto(base + path)
      expect(await seriousFindings(page)).toEqual([])
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0)
    }
  })

  it('draws the growth, and runs into no fault of its own or of the policy', async () => {
    await page.goto(base)
    await page.waitForSelector('.chart canvas')
    expect(faults).toEqual([])
  })
})
