/** How we name ourselves to a relay and log in to it, against servers of smtp-server and a token endpoint. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config/config.js'
import { silentLog } from '../../../src/log.js'
import { relaysOf } from '../../../src/mail/smtp/equip.js'
import { Relays } from '../../../src/mail/smtp/relays.js'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function relay(options: SMTPServerOptions, host = '127.0.0.1') {
  const seen: { hello: string; method: string; token: string | undefined }[] = []
  const login = { method: 'none', token: undefined as string | undefined }
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 100,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ method, username, accessToken }, _session, done) => {
      Object.assign(login, { method, token: accessToken })
      if (accessToken === 'stale') done(new Error('expired'))
      else done(null, { user: username })
    },
    onData: (stream, session, done) => {
      seen.push({ hello: session.hostNameAppearsAs, ...login })
      stream.resume().on('end', () => done())
    },
    ...options,
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: (server.server.address() as AddressInfo).port, seen }
}

/** Gives out these tokens one after the other. */
async function tokenServer(tokens: string[]) {
  const asked: Record<string, string>[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += String(chunk)))
    request.on('end', () => {
      asked.push(Object.fromEntries(new URLSearchParams(body)))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ access_token: tokens.shift(), expires_in: 3600 }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked }
}

async function sending(env: Record<string, string>, mails = 1) {
  const mailer = new Relays(relaysOf(readConfig(env)), silentLog)
  const outcomes: string[] = []
  for (let i = 0; i < mails; i += 1) {
    const message = [Buffer.from('S: x\r\n\r\nb\r\n')]
    outcomes.push((await mailer.send({ from: 'a@example.org', to: 'b@example.org' }, message)).outcome)
  }
  await mailer.close()
  return outcomes
}

test.each([
  ['https://papers.example.org', '', 'papers.example.org'],
  ['https://papers.example.org', '?name=mail.example.org', 'mail.example.org'],
  ['http://192.0.2.1:3000', '', '[192.0.2.1]'],
  ['http://[2001:db8::1]', '', '[IPv6:2001:db8::1]'],
])('with PUBLIC_URL %s and %j EHLO says %s', async (publicUrl, query, hello) => {
  const { port, seen } = await relay({})
  await sending({ PUBLIC_URL: publicUrl, MAIL_URL: `smtp://127.0.0.1:${port}${query}` })
  expect(seen).toHaveLength(1)
  // smtp-server writes it in lower case.
  expect(seen[0]?.hello.toLowerCase()).toBe(hello.toLowerCase())
})

test('localhost reaches a relay that listens on ::1 alone', async () => {
  const { port, seen } = await relay({}, '::1')
  expect(await sending({ MAIL_URL: `smtp://localhost:${port}` })).toEqual(['accepted'])
  expect(seen).toHaveLength(1)
})

test.each([
  ['plain', 'PLAIN'],
  ['login', 'LOGIN'],
])('auth=%s logs in by %s', async (auth, method) => {
  const { port, seen } = await relay({ authMethods: ['PLAIN', 'LOGIN'] })
  await sending({ MAIL_URL: `smtp://ada:right@127.0.0.1:${port}?tls=off&auth=${auth}` })
  expect(seen).toMatchObject([{ method }])
})

const client = { OAUTH_CLIENT_ID: 'papers' }

test.each([
  [
    { OAUTH_CLIENT_SECRET: 's', OAUTH_SCOPE: 'https://outlook.office365.com/.default' },
    {
      grant_type: 'client_credentials',
      client_id: 'papers',
      client_secret: 's',
      scope: 'https://outlook.office365.com/.default',
    },
  ],
  [
    { OAUTH_REFRESH_TOKEN: 'r', OAUTH_CLIENT_SECRET: 's' },
    { grant_type: 'refresh_token', client_id: 'papers', client_secret: 's', refresh_token: 'r' },
  ],
])('XOAUTH2 logs in with a token that is asked for once: %j', async (settings, asked) => {
  const tokens = await tokenServer(['fresh', 'never asked for'])
  const { port, seen } = await relay({ authMethods: ['XOAUTH2'] })
  const MAIL_URL = `smtp://ada%40example.org@127.0.0.1:${port}?tls=off&auth=xoauth2&messages=1`
  const outcomes = await sending({ ...client, ...settings, OAUTH_TOKEN_URL: tokens.url, MAIL_URL }, 2)
  expect(outcomes).toEqual(['accepted', 'accepted'])
  expect(tokens.asked).toEqual([asked])
  expect(seen).toMatchObject([{ token: 'fresh' }, { token: 'fresh' }])
})

test('a token that the relay refuses is asked for anew', async () => {
  const tokens = await tokenServer(['stale', 'fresh'])
  const { port, seen } = await relay({ authMethods: ['XOAUTH2'] })
  const MAIL_URL = `smtp://ada@127.0.0.1:${port}?tls=off&auth=xoauth2`
  const env = { ...client, OAUTH_CLIENT_SECRET: 's', OAUTH_TOKEN_URL: tokens.url, MAIL_URL }
  const mailer = new Relays(relaysOf(readConfig(env)), silentLog)
  const send = () =>
    mailer.send({ from: 'a@example.org', to: 'b@example.org' }, [Buffer.from('S: x\r\n\r\nb\r\n')])
  expect((await send()).outcome).toBe('unreached')
  await expect.poll(async () => (await send()).outcome, { timeout: 10_000 }).toBe('accepted')
  expect(seen).toMatchObject([{ token: 'fresh' }])
  expect(tokens.asked).toHaveLength(2)
  await mailer.close()
})

test('auth=xoauth2 without OAUTH_* does not start', () => {
  expect(() => readConfig({ MAIL_URL: 'smtp://ada@mail.example.org?auth=xoauth2' })).toThrow(
    /OAUTH_TOKEN_URL must be set[\s\S]*OAUTH_CLIENT_ID[\s\S]*OAUTH_CLIENT_SECRET or OAUTH_REFRESH_TOKEN/,
  )
})
