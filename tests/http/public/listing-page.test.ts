/** The listing page that this service is modelled on: its entries stand on a page of ours as they do there. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../../src/log.js'
import { counted, longDay } from '../../../src/format/readable.js'
import { fileSource } from '../../../src/papers/sources/file.js'
import { ingestDay } from '../../../src/papers/ingest.js'
import { buildServer } from '../../../src/http/server.js'
import { scienceHtml } from '../../../src/format/science/science.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

type Entry = { title: string; abstract: string; authors: number; published: string; comments: number }

const file = fileURLToPath(new URL('../../fixtures/listing-page.json', import.meta.url))
const entries = JSON.parse(readFileSync(file, 'utf8')) as Entry[]
const day = '2023-07-25'

let app: FastifyInstance
let listed: string[]

beforeAll(async () => {
  const { db } = await testDatabase()
  const clock = stoppedClock('2023-07-26T08:00:00Z')
  await ingestDay({ db, clock, log: silentLog }, fileSource(file), day)
  app = await buildServer(await testServices(db, {}, { clock }))
  const { body } = await app.inject(`/papers/${day}`)
  listed = body.split('<li class="paper">').slice(1)
})
afterAll(() => app.close())

describe('the model’s list on a page', () => {
  it('has all of its entries', () => {
    expect(entries).toHaveLength(20)
    expect(listed).toHaveLength(20)
  })

  it.each(entries)('shows $title', ({ title, abstract, authors, published, comments }) => {
    const shown = listed.find((entry) => entry.includes(scienceHtml(title.replaceAll(/\s+/g, ' ').trim())))
    expect(shown).toContain(scienceHtml(abstract.replaceAll(/\s+/g, ' ').trim()).slice(0, 400))
    expect(shown).toContain(`<span>${counted(authors, 'author')}</span>`)
    expect(shown).toContain(longDay(published))
    expect(/\d+ comments?</.exec(shown ?? '')?.[0] ?? '').toBe(comments < 3 ? '' : `${comments} comments<`)
    expect(shown).toMatch(/\d+ upvotes?</)
  })
})
