/** The desk in a real browser, signed in, with a record of the buttons it pressed. */
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../support/browser.js'
import { type adminServer, testAdminKey } from '../../support/admin-services.js'
import { type Press, watchPresses } from './buttons.js'

export type Desk = {
  page: Page
  presses: Press[]
  /** What the browser's console and the policy complained about. */
  faults: string[]
  open(path: string): Promise<void>
  /** Chooses a file of such lines to import, and unfolds the names of its columns. */
  chooseFile(lines: string): Promise<void>
  /** Presses “Find”, and waits for the page that it leads to: the one before may look the same. */
  find(): Promise<void>
  /** Presses a button, gives the reason that it asks for, and says what the page then says. */
  press(name: string | RegExp, reason?: string): Promise<string>
  /** What the page complains of. */
  complaint(): Promise<string>
  state(): Promise<string>
  close(): Promise<void>
}

export async function openDesk(server: Awaited<ReturnType<typeof adminServer>>): Promise<Desk> {
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  const base = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}/admin`
  const browser: Browser = await openBrowser()
  const page = await (await browser.newContext()).newPage()
  const presses = await watchPresses(page)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // A refusal of the API is told on the page. The script that watches presses is kept out of the mails' frames.
    const expected = [/the server responded/, /^Blocked script execution in '[^']*\/preview\?/]
    if (message.type() === 'error' && !expected.some((known) => known.test(message.text()))) {
      faults.push(message.text())
    }
  })
  const open = async (path: string) => {
    await page.goto(base + path)
  }
  await open('/sign-in')
  await page.fill('#key', testAdminKey)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/admin')

  async function press(name: string | RegExp, reason?: string): Promise<string> {
    const box = { said: page.locator('#said'), faults: page.locator('#faults') }
    await page.evaluate(`for (const id of ['said', 'faults']) document.getElementById(id).textContent = ''`)
    await page.locator('main').getByRole('button', { name, exact: true }).first().click()
    if (reason !== undefined) {
      const dialog = page.locator('dialog[open]')
      await dialog.locator('input').fill(reason)
      await dialog.locator('button[value=yes]').click()
    }
    await page.locator('#said:not(:empty), #faults:not(:empty), #made:not([hidden])').first().waitFor()
    await page.waitForLoadState()
    return (await box.faults.innerText()) || (await box.said.innerText())
  }

  return {
    page,
    presses,
    faults,
    open,
    chooseFile: async (lines) => {
      await page.setInputFiles('#file', {
        name: 'list.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(lines),
      })
      await page.getByText('The columns have other names').click()
    },
    find: async () => {
      const loaded = page.waitForEvent('load')
      await page.getByRole('button', { name: 'Find' }).click()
      await loaded
    },
    press,
    complaint: () => page.locator('#faults').innerText(),
    state: () => page.locator('.state').first().innerText(),
    close: async () => {
      await browser.close()
      await server.app.close()
    },
  }
}
