import { beforeAll, describe, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { buildServer } from '../../../src/http/server.js'
import { foundPaper, keepDay } from '../../support/kept-days.js'
import { keepPictureOf } from '../../support/picture-stand-in.js'
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
