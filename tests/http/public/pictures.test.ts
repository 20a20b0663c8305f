import { beforeAll, describe, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { buildEdition } from '../../../src/editions/building/build.js'
import { readCompiled } from '../../../src/editions/store.js'
import { buildServer } from '../../../src/http/server.js'
import { foundPaper, keepDay } from '../../support/kept-days.js'
import { diagram, keepPictureOf } from '../../support/picture-stand-in.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const day = '2026-07-20'
const clock = stoppedClock('2026-07-21T08:00:00Z')
const ids = ['2607.00001', '2607.00002', '2607.00003']
let app: FastifyInstance
let hashes: { large: string; small: string }

beforeAll(async () => {
  app = await buildServer(await testServices(db, {}, { clock }))
  await keepDay(
    db,
    day,
    ids.map((id, at) => foundPaper(id, { votes: 30 - at, title: `The “<b>” of ${id}` })),
  )
  hashes = await keepPictureOf(db, ids[0] ?? '')
})

describe('a picture', () => {
  it('is served for good, the same to every reader, to mailboxes in browsers too', async () => {
    const answer = await app.inject(`/pictures/${hashes.large}.jpg`)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'cross-origin',
    })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.rawPayload.subarray(0, 3).toString('hex')).toBe('ffd8ff')
  })

  it.each([
    ['0'.repeat(32), 404],
    ['../../etc/passwd', 404],
    ['abc', 400],
  ])('of the name %s is %i', async (name, status) => {
    expect((await app.inject(`/pictures/${name}.jpg`)).statusCode).toBe(status)
  })
})

const page = async (path: string, env: Record<string, string> = {}) => {
  const server = await buildServer(await testServices(db, env, { clock }))
  try {
    return (await server.inject(path)).payload
  } finally {
    await server.close()
  }
}

const images = (html: string) => html.match(/<img[^>]*>/g) ?? []

describe('a page', () => {
  it('leads with a large one and lists small ones, each with its size and what it is', async () => {
    const alt = 'alt="A figure of “The “&lt;b&gt;” of 2607.00001”"'
    const small = `<img class="thumb" src="/pictures/${hashes.small}.jpg" width="144" height="78" ${alt} loading="lazy" decoding="async">`
    const large = `<img class="picture" src="/pictures/${hashes.large}.jpg" width="640" height="346" ${alt} decoding="async">`
    expect(images(await page('/'))).toEqual([large])
    expect(images(await page('/papers/2607.00001'))).toEqual([large])
    for (const path of [`/papers/${day}`, '/papers/week/2026-W30', '/papers/month/2026-07', '/papers']) {
      expect(images(await page(path)), path).toEqual([small])
    }
  })

  it.each(['/', `/papers/${day}`, '/papers/2607.00001', '/papers?q=2607'])(
    '%s has none with PICTURES=off',
    async (path) => expect(images(await page(path, { PICTURES: 'off' }))).toEqual([]),
  )
})

describe('an edition', () => {
  it('shows the picture of its lead as it was when it was built, whatever comes later', async () => {
    const services = await testServices(db, {}, { clock })
    const { edition } = await buildEdition(services, 'daily', day)
    const compiled = await readCompiled(db, edition.id)
    const [lead = '', ...others] = compiled?.html.cards ?? []
    expect(images(lead)).toHaveLength(1)
    expect(lead).toContain(
      `src="http://papers.test/pictures/${hashes.large}.jpg" width="540" alt="A figure of`,
    )
    expect(images(others.join(''))).toEqual([])
    expect(
      images(
        Object.values(compiled?.shorter ?? {})
          .flatMap(({ html }) => html)
          .join(''),
      ),
    ).toEqual([])
    expect(compiled?.text.cards.join('')).not.toContain('/pictures/')
    await keepPictureOf(db, ids[0] ?? '', await diagram(900, 500, 20))
    expect(await readCompiled(db, edition.id)).toEqual(compiled)
    expect((await app.inject(`/pictures/${hashes.large}.jpg`)).statusCode).toBe(200)
    expect(await page(`/editions/${day}`)).toContain(`src="/pictures/${hashes.large}.jpg"`)
  })

  it('has none with PICTURES=off', async () => {
    await db.sql('TRUNCATE edition CASCADE')
    const services = await testServices(db, { PICTURES: 'off' }, { clock })
    const { edition } = await buildEdition(services, 'daily', day)
    const compiled = await readCompiled(db, edition.id)
    expect(JSON.stringify(edition.papers) + JSON.stringify(compiled)).not.toMatch(/<img|pictures/)
  })
})
