/** Pictures of the archive, the outbox and the page of an error, made by `npm run screenshots`. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import { takePictures } from '../support/pictures.js'
import { openSite, type Site } from '../support/site.js'

let browser: Browser
let site: Site
beforeAll(async () => {
  browser = await openBrowser()
  site = await openSite()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

it.each(['week', 'search', 'editions', 'edition', 'outbox', 'outbox-mail', 'not-found'])(
  'takes %s',
  async (name) => {
    const sizes = await takePictures(browser, name, (page) => page.goto(site.url + (site.pages[name] ?? '')))
    expect(Math.max(...sizes)).toBeLessThan(250_000)
  },
)
