/** The mail of a full edition, read aloud, takes two minutes: over all recorded days. */
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

/** Two minutes; ten titles alone are 90 words of them, the masthead 21, votes 20. */
const twoMinutes = 300
/** Of a day with the longest of titles. */
const most = 310

/** What is seen, foot and all, but for the links of cards. */
const spokenHtml = (html: string) =>
  html
    .slice(html.indexOf('<h1'))
    .replaceAll(/<p class="links"[^]*?<\/p>|<!--[^]*?-->/g, ' ')
    .replaceAll(/<[^>]+>|&nbsp;|&#160;/g, ' ')

it('tells ten papers in 300 words, in HTML and as text', async () => {
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
    const said = Math.max(
      wordsIn(spokenText(text.head + text.cards.join('') + text.foot)),
      wordsIn(spokenHtml(html.head + html.cards.join('') + html.foot)),
    )
    expect(said, day).toBeLessThanOrEqual(most)
    if (text.cards.length === 10) counts.push(said)
    // The hook is in what a phone shows of the subject.
    const lead = edition.papers?.[0]?.title ?? ''
    expect(lead.startsWith(edition.subject?.slice(0, Math.min(40, lead.length - 1)) ?? '-'), day).toBe(true)
  }
  // No day that is brought along has ten papers.
  if (!recorded) return
  expect(counts.length).toBeGreaterThan(0)
  const ordered = counts.toSorted((a, b) => a - b)
  expect(ordered[Math.ceil(0.9 * ordered.length) - 1]).toBeLessThanOrEqual(twoMinutes)
})
