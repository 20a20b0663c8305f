/** What the doctor says of a relay is what the session had, not what was asked for. */
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, it } from 'vitest'
import { checkHello, checkRelays } from '../../../src/operations/doctor/relays.js'
import { readConfig } from '../../../src/config/config.js'
import { dnsOf } from '../../mail/domain/zone.js'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function found(query: string, options: SMTPServerOptions) {
  const server = new SMTPServer({ authOptional: true, closeTimeout: 100, ...options })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  const { findings } = await checkRelays(
    readConfig({ MAIL_URL: `smtp://127.0.0.1:${port}${query}` }),
    dnsOf({}),
  )
  return findings.map(({ state, detail }) => `${state}: ${detail}`)
}

it('claims no STARTTLS that the relay did not offer', async () => {
  expect(await found('?tls=optional', { disabledCommands: ['STARTTLS'] })).toEqual([
    'ok: reached, no TLS (loopback), no login',
  ])
})

it('looks at the certificate, also where it is not insisted on', async () => {
  // The one that smtp-server brings along has ended long ago, and nobody signed it.
  expect(await found('?tls=optional', {})).toEqual([
    'ok: reached, STARTTLS, no login',
    expect.stringMatching(/^advice: its certificate does not hold \(.+\), and is not insisted on$/),
  ])
  expect(await found('?tls=required', {})).toEqual([expect.stringMatching(/^fault: .*certificate/)])
})

it('compares the name in EHLO with what DNS has for it', async () => {
  const zone = {
    'mail.example.org': { A: ['203.0.113.7'] },
    'other.example.org': { A: ['203.0.113.8'] },
    '203.0.113.7': { PTR: ['mail.example.org'] },
    '203.0.113.8': { PTR: ['host-8.provider.example'] },
  }
  const stateOf = async (name: string) => (await checkHello(name, dnsOf(zone))).map(({ state }) => state)
  expect(await stateOf('mail.example.org')).toEqual(['ok'])
  expect(await stateOf('other.example.org')).toEqual(['advice'])
  expect(await stateOf('nowhere.example.org')).toEqual(['advice'])
  expect(await stateOf('[203.0.113.7]')).toEqual([])
})
