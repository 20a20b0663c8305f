import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { buildEdition } from '../../../src/editions/building/build.js'
import { cardSvg } from '../../../src/http/public/cards/card-svg.js'
import { fitLines } from '../../../src/http/public/cards/fit-lines.js'
import { buildServer } from '../../../src/http/server.js'
import { hostileTexts } from '../../support/hostile-texts.js'
import { foundPaper, keepDay } from '../../support/kept-days.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const day = '2026-07-20'
const clock = stoppedClock('2026-07-21T08:00:00Z')
let app: FastifyInstance

beforeAll(async () => {
  const services = await testServices(db, {}, { clock })
  await keepDay(db, day, [
    foundPaper('2607.00001', { title: 'In $O(n)$ <script>alert(1)</script> & more', votes: 30 }),
    foundPaper('math/0309136', { votes: 20 }),
    foundPaper('2607.00003'),
  ])
  await buildEdition(services, 'daily', day)
  app = await buildServer(services)
})
afterAll(() => app.close())

const metaOf = (html: string, name: string) =>
  new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(html)?.[1] ?? null

describe('the card of a page', () => {
  it.each([`/papers/2607.00001`, '/papers/math/0309136', `/papers/${day}`, `/editions/${day}`])(
    'of %s is named there, and is a picture of 1200 by 630',
    async (path) => {
      const { payload } = await app.inject(path)
      expect(metaOf(payload, 'og:image')).toBe(`http://papers.test/cards${path}.png`)
      expect(metaOf(payload, 'og:image:width')).toBe('1200')
      expect(metaOf(payload, 'og:title')).toBeTruthy()
      expect(metaOf(payload, 'og:description')).toBeTruthy()
      expect(metaOf(payload, 'og:url')).toBe(`http://papers.test${path}`)
      expect(metaOf(payload, 'twitter:card')).toBe('summary_large_image')
      const answer = await app.inject(`/cards${path}.png`)
      expect(answer.headers).toMatchObject({
        'content-type': 'image/png',
        'cache-control': 'public, max-age=3600',
        'cross-origin-resource-policy': 'cross-origin',
      })
      const { width, height, format } = await sharp(answer.rawPayload).metadata()
      expect({ width, height, format }).toEqual({ width: 1200, height: 630, format: 'png' })
      expect(answer.rawPayload.length).toBeLessThan(60_000)
    },
  )

  it.each([
    '/cards/papers/2607.99999.png',
    '/cards/papers/2026-07-01.png',
    '/cards/papers/nonsense.png',
    '/cards/editions/2026-07-01.png',
  ])('%s is not found', async (path) => {
    expect((await app.inject(path)).statusCode).toBe(404)
  })

  it('is the one of the site with PICTURES=off, and none is drawn', async () => {
    const off = await buildServer(await testServices(db, { PICTURES: 'off' }, { clock }))
    try {
      const { payload } = await off.inject('/papers/2607.00001')
      expect(metaOf(payload, 'og:image')).toMatch(/^http:\/\/papers\.test\/assets\/card\.png/)
      expect((await off.inject('/cards/papers/2607.00001.png')).statusCode).toBe(404)
    } finally {
      await off.close()
    }
  })

  it('asks those to come again who come behind very many', async () => {
    await keepDay(
      db,
      '2026-07-17',
      Array.from({ length: 40 }, (_, at) => foundPaper(`2606.${10_000 + at}`)),
    )
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) => app.inject(`/cards/papers/2606.${10_000 + at}.png`)),
    )
    const statuses = answers.map(({ statusCode }) => statusCode)
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    expect(answers.find(({ statusCode }) => statusCode === 503)?.headers['retry-after']).toBe('5')
  })
})

const usual = { publication: 'Daily Papers', dateline: '', title: '', facts: '', list: [] }

describe('the words of a card', () => {
  it('are escaped, whatever they are', async () => {
    for (const text of [
      ...Object.values(hostileTexts),
      '\u0000\uD800\uFFFE',
      '<image href="file:///etc/passwd"/>',
    ]) {
      const svg = cardSvg({ publication: text, dateline: text, title: text, facts: text, list: [text] })
      expect(svg).not.toMatch(/<(?:script|image|b|foreignObject)\b/i)
      expect((await sharp(Buffer.from(svg)).metadata()).width).toBe(1200)
    }
  }, 60_000)

  it('are set as large as they fit, and end in an ellipsis where they fit in no size', () => {
    const sizeOf = (title: string) =>
      /font-size="(\d+)" font-weight="700">(?!Daily)/.exec(cardSvg({ ...usual, title }))?.[1]
    expect(sizeOf('Short')).toBe('76')
    expect(sizeOf('a longer title '.repeat(9))).toBe('56')
    const svg = cardSvg({ ...usual, title: 'a very long title '.repeat(30) })
    expect(svg).toMatch(/font-size="48"/)
    expect(svg).toContain('…</text>')
  })

  it('are broken at words, and within one that is wider than a line', () => {
    expect(fitLines('one two three', 10, 45, 9)).toEqual({ lines: ['one two', 'three'], whole: true })
    expect(fitLines('x'.repeat(20), 10, 60, 9).lines).toEqual(['x'.repeat(10), 'x'.repeat(10)])
    expect(fitLines('one two three', 10, 45, 1)).toEqual({ lines: ['one…'], whole: false })
  })
})
