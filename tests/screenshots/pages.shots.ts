/** Pictures of the pages that readers meet, made by `npm run screenshots`. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, startApi } from '../../src/api.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { preferencesUrl, unsubscribeUrl } from '../../src/subscribers/links.js'
import { openBrowser } from '../support/browser.js'
import { foundPaper, keepDay } from '../support/kept-days.js'
import { takePictures } from '../support/pictures.js'
import { mailedToken } from '../support/readers.js'
import { stoppedClock, testServices } from '../support/services.js'
import { shownPapers } from '../support/shown-papers.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()
const services = await testServices(
  db,
  { PORT: '0', MAIL_URL: 'smtp://127.0.0.1:2525' },
  { clock: stoppedClock('2026-07-22T08:00:00Z') },
)
const day = '2026-07-21'
let api: Api
let browser: Browser

beforeAll(async () => {
  const papers = shownPapers().map(({ summary, publishedOn, ...paper }) =>
    foundPaper(paper.id, {
      ...paper,
      abstract: summary,
      publishedAt: publishedOn ? new Date(publishedOn) : null,
    }),
  )
  await keepDay(db, day, papers)
  await buildEdition(services, 'daily', day)
  api = await startApi(services)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
})

/** A reader who has signed up, and the token they were mailed. */
async function signUp(email: string): Promise<{ id: number; token: string }> {
  await fetch(`${api.url}/api/v1/subscribers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  })
  const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  return { id: row?.id ?? 0, token: await mailedToken(services, email) }
}

let signedUp = 0

/** Each view has a reader of its own, since a button does something only once. */
async function newReader(): Promise<{ id: number; token: string }> {
  signedUp += 1
  return signUp(`ann@reader${signedUp}.example.org`)
}

async function active(): Promise<number> {
  const { id, token } = await newReader()
  await fetch(`${api.url}/confirm/${token}`, { method: 'POST' })
  return id
}

const pages: Record<string, () => Promise<string> | string> = {
  home: () => '/',
  day: () => `/papers/${day}`,
  paper: () => `/papers/${shownPapers(1)[0]?.id}`,
  confirm: async () => `/confirm/${(await signUp('ann@example.org')).token}`,
  preferences: async () =>
    preferencesUrl(services.secrets, '', { id: await active(), epoch: 0 }, services.clock.now()),
  unsubscribe: async () => unsubscribeUrl(services.secrets, '', (await signUp('cy@example.org')).id),
}

/** Pages that come of pressing the button of another one. */
const pressed: Record<string, () => Promise<string>> = {
  welcome: async () => `/confirm/${(await newReader()).token}`,
  goodbye: async () => unsubscribeUrl(services.secrets, '', await active()),
}

it.each(Object.entries(pressed))('takes the page %s', async (name, pathOf) => {
  const sizes = await takePictures(browser, name, async (page) => {
    await page.goto(`${api.url}${await pathOf()}`)
    await page.click('main button')
    await page.waitForLoadState()
  })
  expect(Math.max(...sizes)).toBeLessThan(100_000)
})

it.each(Object.entries(pages))('takes the page %s', async (name, pathOf) => {
  const path = await pathOf()
  const sizes = await takePictures(browser, name, async (page) => {
    const answer = await page.goto(`${api.url}${path}`)
    expect(answer?.status()).toBe(200)
  })
  expect(Math.max(...sizes)).toBeLessThan(100_000)
})
