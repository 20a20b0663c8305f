/** Less mail in place of none, and words about the next mail that are true. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { nextMail } from '../../../src/http/readers/preferences/next-mail.js'
import { buildServer } from '../../../src/http/server.js'
import type { Services } from '../../../src/services.js'
import { unsubscribeUrl } from '../../../src/subscribers/links.js'
import { activeReader } from '../../support/readers.js'
import { postForm } from '../../support/forms.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let db: Db
let app: FastifyInstance
let services: Services
const clock = stoppedClock('2026-08-05T07:00:00Z')
beforeAll(async () => {
  ;({ db } = await testDatabase())
  services = await testServices(db, {}, { clock })
  app = await buildServer(services)
})
afterAll(() => app.close())

let readers = 0
async function reader(fields = { frequency: 'daily' }) {
  const email = `r${(readers += 1)}@example.org`
  const id = await activeReader(db, email, fields.frequency)
  return { id, link: new URL(unsubscribeUrl(services.secrets, 'http://papers.test', id)).pathname }
}

const press = (url: string, action: string) => postForm(app, url, action ? { action } : {})

const state = async (id: number) =>
  (
    await db.sql('SELECT status, frequency, paused_until::text AS until FROM subscriber WHERE id = $1', [id])
  )[0]

describe('the page where one leaves', () => {
  it('offers a week and a break, which a GET does not take', async () => {
    const { id, link } = await reader()
    const page = await app.inject(`${link}?action=weekly`)
    expect(page.body).toContain(
      '<button class="quiet-press" name="action" value="weekly">Once a week, on Mondays',
    )
    expect(page.body).toContain('value="pause">Take a 30-day break')
    expect(await state(id)).toEqual({ status: 'active', frequency: 'daily', until: null })
  })

  it('takes weekly in place of leaving, and says when it comes', async () => {
    const { id, link } = await reader()
    const answer = await press(link, 'weekly')
    expect(answer.body).toContain('The next weekly edition of Daily Papers comes to you on Monday.')
    expect(await state(id)).toEqual({ status: 'active', frequency: 'weekly', until: null })
  })

  it('takes a break from whoever has just left, and says until when', async () => {
    const { id, link } = await reader()
    expect((await press(link, '')).body).toContain('value="pause">Take a 30-day break')
    expect((await state(id))?.['status']).toBe('unsubscribed')
    const answer = await press(link, 'pause')
    expect(answer.body).toContain('Your mail is paused until Friday, 4 September 2026.')
    expect(await state(id)).toEqual({ status: 'active', frequency: 'daily', until: '2026-09-04' })
    expect(await db.sql('SELECT action FROM consent WHERE subscriber_id = $1 ORDER BY id', [id])).toEqual([
      { action: 'unsubscribe' },
      { action: 'resubscribe' },
      { action: 'preferences' },
    ])
  })

  it('takes nobody back who left long ago', async () => {
    const { id, link } = await reader()
    await press(link, '')
    await db.sql(
      `UPDATE subscriber SET unsubscribed_at = $2::timestamptz - interval '2 days' WHERE id = $1`,
      [id, clock.now()],
    )
    expect((await press(link, 'weekly')).statusCode).toBe(410)
    expect((await state(id))?.['status']).toBe('unsubscribed')
  })

  it('tells a weekly reader who is paused the truth when they come back', async () => {
    const { id, link } = await reader({ frequency: 'weekly' })
    await db.sql(`UPDATE subscriber SET paused_until = '2026-12-10' WHERE id = $1`, [id])
    await press(link, '')
    const { body } = await press(link, 'resubscribe')
    expect(body).toContain('paused until Thursday, 10 December 2026; the first weekly edition after that')
    expect(body).not.toContain('The next edition')
  })
})

it('a pause that ends today is over, by the reader’s own day', () => {
  const config = { publication: 'Daily Papers', timezone: 'UTC' }
  const now = new Date('2026-08-05T20:00:00Z')
  const paused = { frequency: 'daily' as const, pausedUntil: '2026-08-06' }
  expect(nextMail(config, { ...paused, timezone: 'UTC' }, now)).toContain('paused until Thursday')
  expect(nextMail(config, { ...paused, timezone: 'Asia/Tokyo' }, now)).toBe(
    'The next edition of Daily Papers comes to you.',
  )
})
