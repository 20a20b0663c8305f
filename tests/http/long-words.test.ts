import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { buildEdition } from '../../src/editions/building/build.js'
import { buildServer } from '../../src/http/server.js'
import { openBrowser, sidewaysOverflow, withoutChromium } from '../support/browser.js'
import { foundPaper, keepPapers } from '../support/kept-papers.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'

/** As long as a link, and without a place to break it. */
const unbroken = `https://example.org/${'deepseek_harness_security'.repeat(5)}`

describe.skipIf(withoutChromium)('words that are longer than a phone is wide', () => {
  let browser: Browser
  let app: FastifyInstance
  let url: string
  beforeAll(async () => {
    const { db } = await testDatabase()
    const services = await testServices(
      db,
      { BYLINE: unbroken, SENDER_ADDRESS: unbroken },
      { clock: stoppedClock('2026-08-08T08:00:00Z') },
    )
    const papers = [1, 2, 3, 4, 5].map((i) =>
      foundPaper({
        id: `2608.0000${i}`,
        title: `Agents ${unbroken}`,
        abstract: `We look at ${unbroken}. And at \\texttt{${unbroken}}.`,
        summary: unbroken,
        organisation: unbroken.slice(0, 100),
        authors: [unbroken, unbroken],
        keywords: [unbroken],
        codeUrl: unbroken,
      }),
    )
    await keepPapers(db, '2026-08-07', papers)
    await buildEdition(services, 'daily', '2026-08-07')
    app = await buildServer(services)
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  it.each([
    '/',
    '/papers/2026-08-07',
    '/papers/week/2026-W32',
    '/papers/month/2026-08',
    '/papers?q=agents',
    `/papers?q=${encodeURIComponent(unbroken)}`,
    '/papers/2608.00001',
    '/editions',
    '/editions/2026-08-07',
    `/nowhere-${encodeURIComponent(unbroken)}`,
  ])('wrap at %s', async (path) => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    await page.goto(url + path)
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 })
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0)
    }
    await page.close()
  })
})
