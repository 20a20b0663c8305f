import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildServer } from '../../../src/http/server.js'
import type { Db } from '../../../src/db/client.js'
import { runCli } from '../../support/run-cli.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const name = '20260806T060000000Z-1-0000001.eml'
const mail = [
  'From: Daily Papers <papers@localhost>',
  'To: reader@example.org',
  'Subject: Daily papers <b>of</b> today',
  'Date: Thu, 06 Aug 2026 06:00:00 +0000',
  'Content-Type: multipart/alternative; boundary="=_b"',
  '',
  '--=_b',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'As text',
  '--=_b',
  'Content-Type: text/html; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '<p style=3D"color:red">As markup<script>alert(1)</script></p>',
  '--=_b--',
  '',
].join('\r\n')

let app: FastifyInstance
let relayed: FastifyInstance
let folder: string
let db: Db

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outbox-'))
  ;({ db } = await testDatabase())
  app = await buildServer(await testServices(db, { DATA_DIR: folder }))
  relayed = await buildServer(await testServices(db, { DATA_DIR: folder, MAIL_URL: 'smtp://127.0.0.1:2525' }))
  expectNothingYet = (await app.inject('/outbox')).body
  await mkdir(join(folder, 'outbox'))
  await writeFile(join(folder, 'outbox', name), mail)
  await writeFile(join(folder, 'secret.txt'), 'secret')
})
let expectNothingYet = ''
afterAll(async () => {
  await app.close()
  await relayed.close()
  await rm(folder, { recursive: true })
})

describe('the outbox', () => {
  it('is empty at first', () => {
    expect(expectNothingYet).toContain('Nothing has been mailed yet.')
  })

  it('lists what was mailed', async () => {
    const answer = await app.inject('/outbox')
    expect(answer.body).toContain('Daily papers &lt;b&gt;of&lt;/b&gt; today')
    expect(answer.body).toContain('reader@example.org')
    expect(answer.body).toContain('2026-08-06 06:00 UTC')
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('shows a mail with its text and headers', async () => {
    const { body } = await app.inject(`/outbox/${name}`)
    expect(body).toMatch(/<iframe[^>]+sandbox="allow-popups /)
    expect(body).toContain('As text')
    expect(body).toContain('Subject: Daily papers &lt;b&gt;of&lt;/b&gt; today')
  })

  it('shows its markup in a frame where nothing runs', async () => {
    const answer = await app.inject(`/outbox/${name}/html`)
    expect(answer.body).toContain('As markup')
    expect(answer.headers['content-security-policy']).toContain('sandbox allow-popups')
    expect(answer.headers['content-security-policy']).not.toContain('script-src')
  })

  it('gives the source', async () => {
    const answer = await app.inject(`/outbox/${name}/raw`)
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(answer.body).toBe(mail)
  })

  it.each(['/outbox/none.eml', '/outbox/..%2fsecret.txt', '/outbox/..%2f..%2fetc%2fpasswd/raw'])(
    'gives nothing at %s',
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(404)
    },
  )

  it('is not there while mail goes to a relay', async () => {
    expect((await relayed.inject('/outbox')).statusCode).toBe(404)
    expect((await relayed.inject(`/outbox/${name}`)).statusCode).toBe(404)
    expect((await relayed.inject('/')).body).not.toContain('/outbox')
  })

  it('is never open in production, and the demo that uses it does not run there', async () => {
    const env = { DATA_DIR: folder, NODE_ENV: 'production', SECRET_KEY: 's'.repeat(32) }
    expect(() => testServices(db, env)).toThrow('MAIL_URL must be set')
    const relay = { MAIL_URL: 'smtp://127.0.0.1:2525' }
    const inEarnest = await buildServer(await testServices(db, { ...env, ...relay }, { dns: null }))
    expect((await inEarnest.inject('/outbox')).statusCode).toBe(404)
    await inEarnest.close()
    const demo = await runCli(['demo', '--once'], { ...env, ...relay })
    expect([demo.status, demo.stderr]).toEqual([2, expect.stringContaining('the demo is for development')])
  })
})
