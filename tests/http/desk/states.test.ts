/** What of the desk is seen in passing alone: dialogs, refusals, what a page says after something was done. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminServer, day, listPapers } from '../../support/admin-services.js'
import { findingsOnScreens, withoutChromium } from '../../support/browser.js'
import { slowFile } from '../../support/slow-file.js'
import { type Desk, openDesk } from './desk.js'

slowFile()

describe.skipIf(withoutChromium)('the desk in passing', { timeout: 60_000 }, () => {
  let server: Awaited<ReturnType<typeof adminServer>>
  let desk: Desk

  beforeAll(async () => {
    server = await adminServer()
    await listPapers(server, 5)
    for (const email of ['ada@example.org', 'bob@example.org']) {
      await server.call('POST', '/subscribers', { body: { email, confirm: false } })
    }
    await server.call('POST', '/keys', { body: { name: 'a colleague', scopes: ['audit:read'] } })
    await server.call('POST', `/editions/${day}/build`, { body: {} })
    desk = await openDesk(server)
  }, 60_000)
  afterAll(() => desk?.close())

  it.each([
    ['/editions/2026-08-04', 'Hold', 'Approve', 'Send now', 'Cancel the edition'],
    ['/papers?date=2026-08-04', 'Hide'],
    ['/subscribers/1', 'Unsubscribe', 'Suppress', 'Erase'],
    ['/keys', 'Rotate', 'Revoke'],
    ['/health', 'Hold all sending'],
  ])('asks on %s in dialogs without findings, which Escape leaves', async (path, ...buttons) => {
    const dialog = desk.page.locator('dialog[open]')
    await desk.open(path)
    for (const name of buttons) {
      await desk.page.locator('main').getByRole('button', { name, exact: true }).first().click()
      expect(await findingsOnScreens(desk.page, 'dialog[open]'), `${path} ${name}`).toEqual([])
      await desk.page.keyboard.press('Escape')
      expect(await dialog.count()).toBe(0)
    }
  })

  it('has no findings in the list of keys, in refusals, and in what it says', async () => {
    const { page } = desk
    await desk.open('/nothing-here')
    expect(await findingsOnScreens(desk.page), 'not found').toEqual([])
    await page.keyboard.press('?')
    expect(await findingsOnScreens(desk.page, 'dialog[open]'), 'the list of keys').toEqual([])
    await desk.open(`/editions/${day}?reader=nobody@example.org`)
    expect(await findingsOnScreens(desk.page, 'form:has(#reader)'), 'an unknown reader').toEqual([])
    await page.fill('#to', 'nonsense')
    await desk.press('Send a test')
    expect(await findingsOnScreens(desk.page, '#faults'), 'a complaint').toEqual([])
    await page.fill('#to', 'me@example.org')
    await desk.press('Send a test')
    expect(await findingsOnScreens(desk.page, '#said'), 'what was done').toEqual([])
    await desk.open('/audit')
    for (const summary of await page.locator('summary').all()) await summary.click()
    expect(await findingsOnScreens(desk.page, 'main'), 'the audit log, unfolded').toEqual([])
    await desk.open('/keys')
    await page.fill('#name', 'one more')
    await page.check('input[value="audit:read"]')
    await desk.press('Make a key')
    expect(await findingsOnScreens(desk.page, '#made'), 'a new key').toEqual([])
  })

  it('has no findings after a dry run, and names who imported', async () => {
    const { page } = desk
    await desk.open('/subscribers/add')
    await desk.chooseFile('email\nfile@example.org\nbad\n')
    await desk.press('Import')
    expect(await findingsOnScreens(desk.page, 'section:has(form[data-upload])'), 'a dry run').toEqual([])
    const key = await server.keyWith('*')
    await server.app.inject({
      method: 'POST',
      url: '/api/v1/admin/imports?dryRun=true',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
      payload: 'email\nfile@example.org\n',
    })
    await desk.open('/subscribers/add')
    expect(await page.locator('[data-live=imports] tbody tr td:last-child').first().innerText()).toBe('*')
  })

  it('has no findings where one signs in, and where a key is refused', async () => {
    const { page } = desk
    await desk.open('')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/admin/sign-in')
    expect(await findingsOnScreens(desk.page), 'the sign-in').toEqual([])
    await page.fill('#key', 'wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('#key-fault').waitFor()
    expect(await findingsOnScreens(desk.page), 'a wrong key').toEqual([])
  })
})
