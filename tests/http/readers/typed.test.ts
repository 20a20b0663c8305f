/** How an address was typed: what is understood, what is asked about, and which page follows. */
import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { buildServer } from '../../../src/http/server.js'
import { probablyMeant } from '../../../src/subscribers/admission/slip.js'
import { postForm } from '../../support/forms.js'
import { statusOf } from '../../support/readers.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let db: Db
let app: FastifyInstance
beforeAll(async () => {
  ;({ db } = await testDatabase())
  app = await buildServer(await testServices(db))
})
afterAll(() => app.close())

let network = 0
const post = (fields: Record<string, string>) =>
  postForm(app, '/api/v1/subscribers', fields, { remoteAddress: `198.51.${(network += 1)}.1` })

/** The page that an answer leads to. */
const read = ({ headers }: { headers: OutgoingHttpHeaders }) => {
  const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
  return app.inject({ url: String(headers.location), headers: { cookie } })
}

const fieldsIn = (body: string): Record<string, string> =>
  Object.fromEntries(
    Array.from(
      body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g),
      ([, name = '', value = '']) => [name, value],
    ).filter(([name]) => name !== 'again'),
  )

describe('a form', () => {
  it('leads to a page that says which address was used, and to nobody else', async () => {
    const answer = await post({ email: 'Ada@Papers.Example' })
    expect(answer.statusCode).toBe(303)
    const cookie = String(answer.headers['set-cookie'])
    expect(cookie).toMatch(/^signup=[\w-]+; Max-Age=600; Path=\/check-your-inbox; HttpOnly; SameSite=Lax$/)
    expect(`${cookie} ${answer.headers.location}`).not.toMatch(/ada/i)
    const url = String(answer.headers.location)
    const page = await app.inject({ url, headers: { cookie: cookie.split(';')[0] ?? '' } })
    expect(page.statusCode).toBe(200)
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.body).toContain('on its way to Ada@papers.example.')
    expect(page.body).toContain('value="Ada@papers.example"')
    for (const other of ['', 'signup=', 'signup=AAAA', `signup=${'A'.repeat(80)}`]) {
      const theirs = await app.inject({ url, headers: { cookie: other } })
      expect(theirs.statusCode).toBe(200)
      expect(theirs.body).toContain('on its way to you.')
    }
  })

  it('leads to a question about gmail.con before anything is written, and takes either answer', async () => {
    const wishes = { frequency: 'weekly', source: 'blog' }
    const answer = await post({ email: 'Ada <ada@gmail.con>', ...wishes, nickname: '' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/did-you-mean'])
    const cookie = String(answer.headers['set-cookie'])
    expect(cookie).toMatch(/^meant=[\w-]+; Max-Age=600; Path=\/did-you-mean; HttpOnly; SameSite=Lax$/)
    expect(`${cookie} ${answer.headers.location}`).not.toMatch(/ada|gmail/i)
    const asked = await read(answer)
    expect(asked.statusCode).toBe(200)
    expect(asked.headers['cache-control']).toBe('no-store')
    expect(asked.body).toContain('Did you mean <span class="address">ada@gmail.com</span>?')
    expect(asked.body).toContain('You typed <span class="address">ada@gmail.con</span>')
    expect(fieldsIn(asked.body)).toEqual({ ...wishes, sure: 'yes' })
    for (const email of ['ada@gmail.con', 'ada@gmail.com']) {
      expect(asked.body).toContain(`<button name="email" value="${email}"`)
      expect(await statusOf(db, email)).toBeUndefined()
      const taken = await post({ ...fieldsIn(asked.body), email })
      expect(taken.headers.location).toBe('/check-your-inbox')
      expect((await read(taken)).body).toContain(`on its way to ${email}.`)
      expect(await statusOf(db, email)).toBe('pending')
    }
  })

  it('asks for the address anew where no cookie is kept, and then takes it', async () => {
    const inbox = String((await post({ email: 'other@papers.example' })).headers['set-cookie'])
    const swapped = inbox.replace('signup=', 'meant=').split(';')[0] ?? ''
    for (const cookie of ['', 'meant=', 'meant=AAAA', swapped]) {
      const page = await app.inject({ url: '/did-you-mean', headers: { cookie } })
      expect(page.statusCode).toBe(200)
      expect(page.body).toContain('Nothing has been sent yet')
      expect(page.body).not.toContain('other@')
      expect(fieldsIn(page.body)).toEqual({ sure: 'yes' })
    }
    const taken = await post({ email: 'eve@gmail.con', sure: 'yes' })
    expect(taken.headers.location).toBe('/check-your-inbox')
  })

  it('keeps what a long form says as far as a cookie holds it', async () => {
    const answer = await post({
      email: `${'a'.repeat(60)}@${'b.'.repeat(80)}gmail.con`,
      source: 's'.repeat(100),
      timezone: 'Europe/Paris',
      altcha: 'x'.repeat(4000),
    })
    expect(answer.statusCode).toBe(303)
    expect(String(answer.headers['set-cookie']).length).toBeLessThan(4096)
    expect(fieldsIn((await read(answer)).body)).toMatchObject({ timezone: 'Europe/Paris' })
  })

  it.each([
    ['mailto:grace@papers.example', 'grace@papers.example'],
    ['MAILTO:a%2Bb@papers.example?subject=x', 'a+b@papers.example'],
    [' Grace Hopper <hopper@papers.example> ', 'hopper@papers.example'],
    ['"Hopper, Grace" <grace.h@papers.example>', 'grace.h@papers.example'],
    ['<plain@papers.example>', 'plain@papers.example'],
  ])('understands %s', async (email, meant) => {
    expect((await post({ email })).statusCode).toBe(303)
    expect(await statusOf(db, meant)).toBe('pending')
  })

  it.each(['a <b@papers.example> <c@papers.example>', 'mailto:', 'mailto:%zz', 'a@papers.example <x>'])(
    'refuses %s, and leads back to the field',
    async (email) => {
      const answer = await post({ email })
      expect(answer.statusCode).toBe(422)
      expect(answer.body).toMatch(/id="fault" role="alert"/)
      expect(answer.body).toMatch(/aria-describedby="fault" aria-invalid="true" autofocus/)
    },
  )
})

it('tells programs what was probably meant, and takes what they gave', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/subscribers',
    payload: { email: 'program@gmial.com' },
  })
  expect(answer.statusCode).toBe(202)
  expect(answer.json()).toMatchObject({ status: 'accepted', didYouMean: 'program@gmail.com' })
  expect(await statusOf(db, 'program@gmial.com')).toBe('pending')
})

describe('a slip', () => {
  const meant = (domain: string) => probablyMeant({ email: `a@${domain}`, domain })?.slice(2) ?? null

  it.each([
    ['gmail.con', 'gmail.com'],
    ['gmail.cm', 'gmail.com'],
    ['gmail.co', 'gmail.com'],
    ['gmial.com', 'gmail.com'],
    ['gmai.com', 'gmail.com'],
    ['gmaill.com', 'gmail.com'],
    ['gmsil.com', 'gmail.com'],
    ['gmial.con', 'gmail.com'],
    ['hotmial.com', 'hotmail.com'],
    ['outlok.com', 'outlook.com'],
    ['yaho.com', 'yahoo.com'],
    ['icloud.cmo', 'icloud.com'],
    ['company.con', 'company.com'],
    ['cs.stanford.eud', 'cs.stanford.edu'],
    ['example.ogr', 'example.org'],
  ])('%s means %s', (typed, expected) => expect(meant(typed)).toBe(expected))

  it.each(
    'gmail.com googlemail.com mail.com ymail.com email.com fmail.com gmx.de yahoo.fr yahoo.co.uk hotmail.it outlook.fr ox.ac.uk meta.com mac.com me.com fb.com x.ai huggingface.co kaist.ac.kr ethz.ch qq.com 163.com icloud.com.cn mailbox.org uni-x.de gmail.example.org'.split(
      ' ',
    ),
  )('%s means what it says', (domain) => expect(meant(domain)).toBeNull())
})
