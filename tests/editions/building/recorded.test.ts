/** Recorded days of the Hub become editions: none has a paper of another, all mails keep within the budget. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildEdition } from '../../../src/editions/building/build.js'
import { readCompiled } from '../../../src/editions/store.js'
import { readHubEntry } from '../../../src/papers/sources/hub-entry.js'
import type { FoundPaper } from '../../../src/papers/paper.js'
import { keepDay } from '../../support/kept-days.js'
import { recordedFolder } from '../../support/recorded.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

const { db } = await testDatabase()
const services = await testServices(
  db,
  { EDITION_SIZE: '20', EDITION_MIN: '3' },
  { clock: stoppedClock('2026-08-10T00:00:00Z') },
)
const recorded = recordedFolder('editions of all recorded days')
const folder = recorded ? `${recorded}/daily` : new URL('../../fixtures/daily', import.meta.url).pathname

it('builds an edition of every recorded day in order, no paper twice, each within 80 KB', async () => {
  const days = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, 10))
    .sort((a, b) => (a < b ? -1 : 1))
  const had: string[] = []
  for (const [at, day] of days.entries()) {
    await keepDay(db, day, papersOf(day))
    const { edition } = await buildEdition(services, 'daily', day)
    expect(edition).toMatchObject({ status: 'frozen', number: at + 1 })
    had.push(...(edition.papers ?? []).map(({ id }) => id))
    const { html, text } = (await readCompiled(db, edition.id))!
    expect(Buffer.byteLength(html.head + html.cards.join('') + html.foot)).toBeLessThan(80 * 1024)
    expect(text.cards).toHaveLength(edition.papers?.length ?? 0)
    expect(edition.subject?.length).toBeLessThan(150)
  }
  expect(days.length).toBeGreaterThanOrEqual(5)
  expect(new Set(had).size).toBe(had.length)
})

function papersOf(day: string): FoundPaper[] {
  const entries = JSON.parse(readFileSync(`${folder}/${day}.json`, 'utf8')) as unknown[]
  return entries.map((entry) => readHubEntry(entry, day)).filter((paper) => typeof paper === 'object')
}
