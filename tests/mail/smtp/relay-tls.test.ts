/** TLS to a relay, against a server with a certificate that nobody vouches for. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../../src/log.js'
import { Relays } from '../../../src/mail/smtp/relays.js'

let server: SMTPServer
let port: number
const seen: { secure: boolean; user: unknown }[] = []

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('wrong password')),
    onData: (stream, session, done) => {
      seen.push({ secure: session.secure, user: session.user || null })
      stream.resume()
      stream.on('end', () => done())
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.server.address() as AddressInfo).port
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

test.for([
  ['ada:right@', '', 'accepted', true],
  ['', '', 'accepted', false],
  ['', '?tls=optional', 'accepted', true],
  ['', '?tls=off', 'accepted', false],
  ['', '?tls=required', 'unreached', false],
  ['ada:wrong@', '', 'unreached', false],
] as const)('smtp://%s127.0.0.1%s: %s', async ([login, query, outcome, secure]) => {
  seen.length = 0
  const mailer = new Relays([`smtp://${login}127.0.0.1:${port}${query}`], silentLog)
  const result = await mailer.send({ from: 'a@example.org', to: 'b@example.org' }, [
    Buffer.from('S: x\r\n\r\nb\r\n'),
  ])
  expect(result.outcome).toBe(outcome)
  expect(seen).toEqual(outcome === 'accepted' ? [{ secure, user: login === '' ? null : 'ada' }] : [])
  await mailer.close()
})
