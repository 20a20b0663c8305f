/** The mail of a full edition, read aloud, takes little more than two minutes: on every recorded day. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildEdition } from '../../../src/editions/building/build.js'
import { readCompiled } from '../../../src/editions/store.js'
import { readHubEntry } from '../../../src/papers/sources/hub-entry.js'
import { keepDay } from '../../support/kept-days.js'
import { recordedFolder } from '../../support/recorded.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { spokenText, wordsIn } from '../../support/spoken.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const services = await testServices(
  db,
  { EDITION_SIZE: '10', EDITION_MIN: '3' },
  { clock: stoppedClock('2026-08-10T00:00:00Z') },
)
const recorded = recordedFolder('the time to read all recorded days')
const folder = recorded ? `${recorded}/daily` : new URL('../../fixtures/daily', import.meta.url).pathname

/** Two minutes are 300 words; ten titles alone are 90 of them, the masthead 25, votes 20. */
const most = 375
const mostOnAverage = 345

/** What is seen, without the lines of links. */
const spokenHtml = (html: string) =>
  html
    .slice(html.indexOf('<h1'))
    .replaceAll(/<p class="links"[^]*?<\/p>|<!--[^]*?-->/g, ' ')
    .replaceAll(/<[^>]+>|&nbsp;|&#160;/g, ' ')

it('tells ten papers in some 340 words, in HTML and as text', async () => {
  const days = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, 10))
    .sort((a, b) => (a < b ? -1 : 1))
  const counts: number[] = []
  for (const day of days) {
    const entries = JSON.parse(readFileSync(`${folder}/${day}.json`, 'utf8')) as unknown[]
    const papers = entries
      .map((entry) => readHubEntry(entry, day))
      .filter((paper) => typeof paper === 'object')
    await keepDay(db, day, papers)
    const { edition } = await buildEdition(services, 'daily', day)
    const { html, text } = (await readCompiled(db, edition.id))!
    const said = wordsIn(spokenText(text.head + text.cards.join('')))
    expect(said, day).toBeLessThanOrEqual(most)
    expect(wordsIn(spokenHtml(html.head + html.cards.join(''))), day).toBeLessThanOrEqual(most)
    if (text.cards.length === 10) counts.push(said)
    // The hook is in what a phone shows of the subject.
    const lead = edition.papers?.[0]?.title ?? ''
    expect(lead.startsWith(edition.subject?.slice(0, Math.min(40, lead.length - 1)) ?? '-'), day).toBe(true)
  }
  // No day that is brought along has ten papers.
  if (!recorded) return
  expect(counts.length).toBeGreaterThan(0)
  expect(counts.reduce((sum, count) => sum + count, 0) / counts.length).toBeLessThanOrEqual(mostOnAverage)
})
