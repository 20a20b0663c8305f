/** A reader with a phone and no scripts: follows, mutes, answers from the mail, undoes, looks, exports and is erased. */
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendEdition } from '../../src/deliveries/sender/send-edition.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { buildServer } from '../../src/http/server.js'
import { openBrowser, findings, sidewaysOverflow, withoutChromium } from '../support/browser.js'
import { foundPaper, keepPapers } from '../support/kept-papers.js'
import { linksOf, openMailbox } from '../support/mailbox.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { wholeDatabase } from '../support/whole-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const titles = [
  'Proteins that fold',
  'Robots that grasp',
  'Voices of machines',
  'Graphs and their cuts',
  'Storms from data',
]

describe.skipIf(withoutChromium)('a reader with interests', { timeout: 120_000 }, () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    browser = await openBrowser()
    site = await open()
  })
  afterAll(async () => {
    await browser.close()
    await site.close()
  })

  async function open() {
    const { db } = await testDatabase()
    const clock = stoppedClock('2026-08-05T05:00:00Z')
    const mailbox = await openMailbox()
    const { server, port } = await listening()
    const publicUrl = `http://127.0.0.1:${port}`
    server.close()
    const services = await testServices(db, { MAIL_URL: mailbox.url, PUBLIC_URL: publicUrl }, { clock })
    const app = await buildServer(services)
    await app.listen({ host: '127.0.0.1', port })
    await keepPapers(
      db,
      '2026-08-04',
      titles.map((title, i) =>
        foundPaper({
          id: `2608.0000${i}`,
          title,
          abstract: `${title}, at length.`,
          authors: [`Author ${i}`],
          organisation: `O${i}`,
          votes: 50 - i,
        }),
      ),
    )
    await db.sql(
      `INSERT INTO subscriber (email, email_key, domain, status, confirmed_at) VALUES ('ada@example.org', 'ada@example.org', 'example.org', 'active', '2026-07-01')`,
    )
    await buildEdition(services, 'daily', '2026-08-04')
    const [edition] = await db.sql<{ id: number }>('SELECT id FROM edition')
    clock.set('2026-08-05T06:00:01Z')
    await sendEdition(sendingParts(services), edition?.id ?? 0)
    const [mail] = await mailbox.mailsTo('ada@example.org', 1)
    const close = async () => {
      await app.close()
      await services.close()
      await mailbox.close()
    }
    return { db, publicUrl, links: linksOf(mail!), close }
  }

  async function listening() {
    const { createServer } = await import('node:net')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { server, port: (server.address() as AddressInfo).port }
  }

  const phone = (scripts: boolean) =>
    browser.newPage({ viewport: { width: 390, height: 844 }, javaScriptEnabled: scripts })

  const pictures = process.env['PICTURES_TO']
  async function looksWell(page: Page, name: string) {
    if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
  }

  const linkTo = (part: string) => site.links.find((link) => link.includes(part)) ?? ''

  it('is not spoken for by a scanner that opens every link and runs scripts', async () => {
    const before = await wholeDatabase(site.db)
    const page = await phone(true)
    const found: unknown[] = []
    for (const link of site.links.filter((one) => one.startsWith(site.publicUrl))) {
      await page.goto(link)
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0)
      if (link.includes('/mine/')) found.push(...(await findings(page)))
    }
    expect(found).toEqual([])
    await page.close()
    expect(await wholeDatabase(site.db)).toEqual(before)
    expect(site.links.filter((link) => link.includes('/mine/')).length).toBeGreaterThanOrEqual(15)
  })

  it('answers from the mail, takes it back, follows, mutes, exports, and is erased without a trace', async () => {
    const { db } = site
    const answers = () =>
      db.sql('SELECT paper_id, answer, saved_at IS NOT NULL AS saved FROM feedback ORDER BY 1')
    const page = await phone(false)
    await page.goto(linkTo('paper=2608.00001&answer=less'))
    await looksWell(page, 'answers')
    await page.locator('fieldset').first().getByLabel('Save').check()
    await page.getByRole('button', { name: 'Send' }).first().click()
    expect(await answers()).toEqual([{ paper_id: '2608.00001', answer: 'less', saved: true }])
    await looksWell(page, 'noted')
    await page.getByRole('button', { name: 'Undo' }).click()
    expect(await answers()).toEqual([])
    await page.goto(linkTo('paper=2608.00002&answer=more'))
    await page.getByRole('button', { name: 'Send' }).first().click()
    await page.getByRole('link', { name: 'What you saved' }).click()
    await page.getByRole('button', { name: 'Give me one' }).click()
    await looksWell(page, 'saved')

    await page.goto(linkTo('/preferences/'))
    await page.getByRole('link', { name: 'Follow and mute' }).click()
    await page.getByLabel('What it is').selectOption('words')
    await page.getByLabel('Name or words').fill('grasping robots')
    await page.getByRole('button', { name: 'Mute' }).click()
    await page.goto(`${site.publicUrl}/papers/2608.00003`)
    await page.getByRole('link', { name: 'Follow or mute' }).click()
    await looksWell(page, 'follow')
    await page.getByRole('button', { name: 'Follow Author 3' }).click()
    await page.getByRole('link', { name: 'All that you follow' }).click()
    expect(await page.locator('.interests').allInnerTexts()).toHaveLength(2)
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0)
    await looksWell(page, 'interests')
    expect(await db.sql('SELECT kind, key, muted FROM interest ORDER BY n')).toEqual([
      { kind: 'words', key: 'grasping robots', muted: true },
      { kind: 'author', key: 'author 3', muted: false },
    ])

    await page.goto(`${site.publicUrl}/preferences`)
    const data = await (await page.request.get(`${site.publicUrl}/preferences/data`)).json()
    expect(data).toMatchObject({ interests: [{}, {}], feedback: [{ paperId: '2608.00002', answer: 'more' }] })
    await page.getByLabel('Erase everything kept about me').check()
    await page.getByRole('button', { name: 'Erase me' }).click()
    await page.getByRole('heading', { name: 'All of it is erased' }).waitFor()
    for (const table of ['interest', 'feedback', 'reading_list', 'subscriber']) {
      expect(await db.sql(`SELECT 1 FROM ${table}`)).toEqual([])
    }
    await page.close()
  })
})
