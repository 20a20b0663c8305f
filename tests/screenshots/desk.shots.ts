/** Pictures of the operator's desk on an ordinary morning, made by `npm run screenshots`. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, startApi } from '../../src/api.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { openBrowser } from '../support/browser.js'
import { foundPaper, keepDay } from '../support/kept-days.js'
import { takePictures } from '../support/pictures.js'
import { stoppedClock, testServices } from '../support/services.js'
import { shownPapers } from '../support/shown-papers.js'
import { testDatabase } from '../support/test-database.js'

const key = 'a-key-for-pictures-0123456789abcdefghij'
const day = '2026-07-21'
const { db } = await testDatabase()
const clock = stoppedClock('2026-07-22T05:20:00Z')
const services = await testServices(
  db,
  { PORT: '0', ADMIN_KEY: key, MAIL_URL: 'smtp://127.0.0.1:2525' },
  { clock },
)
let api: Api
let browser: Browser

beforeAll(async () => {
  const papers = shownPapers(14).map(({ summary, publishedOn, ...paper }) =>
    foundPaper(paper.id, {
      ...paper,
      abstract: summary,
      publishedAt: publishedOn ? new Date(publishedOn) : null,
    }),
  )
  await keepDay(db, day, papers)
  await growReaders()
  await sendEditions()
  await buildEdition(services, 'daily', day, { freeze: false })
  await reportWorker()
  api = await startApi(services)
  browser = await openBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await api?.close()
})

/** Eight thousand readers who came over ninety days; some have left. */
async function growReaders(): Promise<void> {
  await db.sql(
    `INSERT INTO subscriber (email, email_key, domain, status, confirmed_at, unsubscribed_at, created_at)
     SELECT e, e, split_part(e, '@', 2), CASE WHEN left_at IS NULL THEN 'active' ELSE 'unsubscribed' END, at, left_at, at
     FROM (SELECT 'reader' || i || '@' || (ARRAY['gmail.com', 'outlook.com', 'example.org'])[1 + i % 3] AS e,
         $1::timestamptz - make_interval(hours => (2200 * (1 - power(i / 8000.0, 1.4)))::int) AS at,
         CASE WHEN i % 29 = 0 THEN $1::timestamptz - make_interval(hours => i % 150) END AS left_at
       FROM generate_series(1, 8000) i) r`,
    [clock.now()],
  )
}

/** The editions of a week that went out, with how they fared. */
async function sendEditions(): Promise<void> {
  await db.sql(
    `INSERT INTO edition (kind, period, day, number, status, subject, send_at, frozen_at, fanned_out_at, finished_at, papers, compiled)
     SELECT 'daily', d::date::text, d, 140 + row_number() OVER (ORDER BY d), 'sent',
       'Daily papers of ' || to_char(d, 'FMDD FMMonth YYYY'), d + interval '30 hours', d + interval '29 hours',
       d + interval '30 hours', d + interval '30 hours 2 minutes', '[]', '{}'
     FROM generate_series($1::date - 8, $1::date - 1, interval '1 day') d WHERE extract(isodow FROM d) < 6`,
    [day],
  )
  await db.sql(
    `INSERT INTO delivery (kind, edition_id, subscriber_id, lane, status, domain, settled_at, created_at, attempts)
     SELECT 'edition', e.id, s.id, 1, CASE WHEN (s.id * 7 + e.id) % 611 = 0 THEN 'rejected' ELSE 'accepted' END,
       s.domain, e.finished_at, e.fanned_out_at, 1
     FROM edition e JOIN subscriber s ON s.confirmed_at < e.fanned_out_at
       AND (s.unsubscribed_at IS NULL OR s.unsubscribed_at > e.fanned_out_at)`,
  )
}

async function reportWorker(): Promise<void> {
  const relays = [
    { name: 'smtp.example.org', state: 'up', fault: null, connections: 20 },
    { name: 'backup.example.org', state: 'up', fault: null, connections: 4 },
  ]
  await db.sql(
    `INSERT INTO worker (id, name, started_at, seen_at, sent, relays)
     VALUES (gen_random_uuid(), 'mail-1:421', $1, $1, 46031, $2)`,
    [clock.now(), JSON.stringify(relays)],
  )
}

const views = {
  light: { width: 1280, height: 960, colorScheme: 'light' },
  dark: { width: 1280, height: 960, colorScheme: 'dark' },
  phone: { width: 390, height: 844, colorScheme: 'light' },
} as const

const open = (path: string) => async (page: Page) => {
  await page.goto(`${api.url}/admin/sign-in`)
  await page.fill('#key', key)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/admin')
  const answer = await page.goto(`${api.url}/admin${path}`, { waitUntil: 'networkidle' })
  expect(answer?.status()).toBe(200)
}

it.each([
  ['overview', ''],
  ['edition', `/editions/${day}`],
  ['papers', `/papers?date=${day}`],
])('takes the %s', async (name, path) => {
  const sizes = await takePictures(browser, `desk-${name}`, open(path), views)
  expect(Math.max(...sizes)).toBeLessThan(150_000)
})
