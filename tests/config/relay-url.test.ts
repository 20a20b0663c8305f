/** MAIL_URL: what a relay's URL may say, and what it means when it says nothing. */
import { expect, test } from 'vitest'
import { parseRelayUrl } from '../../src/config/relay-url.js'

test('a relay on loopback is spoken to in clear', () => {
  expect(parseRelayUrl('smtp://127.0.0.1:2525')).toEqual({
    name: '127.0.0.1:2525',
    host: '127.0.0.1',
    port: 2525,
    secure: false,
    startTls: 'off',
    login: null,
    proxy: null,
    connections: 20,
    messages: 500,
    rate: null,
    weight: 1,
    timeout: 60,
  })
})

test.for([
  ['smtp://mail.example.org', { port: 587, startTls: 'required', secure: false }],
  ['smtps://mail.example.org', { port: 465, startTls: 'required', secure: true }],
  ['smtp://ada:pw@localhost', { startTls: 'optional', login: { user: 'ada', pass: 'pw' } }],
  [
    'smtp://ada%40x:p%3Aw@mail.example.org',
    { login: { user: 'ada@x', pass: 'p:w' }, name: 'mail.example.org:587' },
  ],
  ['smtp://[::1]:25', { host: '::1', port: 25, startTls: 'off' }],
  ['smtp://m?proxy=http%3A%2F%2Fp%3A3128', { proxy: 'http://p:3128' }],
  ['smtp://mailpit:1025?tls=off', { startTls: 'off' }],
  [
    'smtp://m?connections=5&messages=9&rate=0.5&weight=0&timeout=7',
    { connections: 5, messages: 9, rate: 0.5, weight: 0, timeout: 7 },
  ],
] as const)('%s', ([url, expected]) => {
  expect(parseRelayUrl(url)).toMatchObject(expected)
})

test.for([
  ['http://mail.example.org', 'smtp:// or smtps://'],
  ['mail.example.org', 'smtp:// or smtps://'],
  ['smtp://', 'smtp:// or smtps://'],
  ['smtp://m?conections=5', 'parameters are among'],
  ['smtp://m?connections=0', 'connections is a whole number from 1 to 1000'],
  ['smtp://m?messages=many', 'messages is a whole number'],
  ['smtp://m?rate=0', 'rate is a number above 0'],
  ['smtp://m?tls=no', 'tls is required, optional or off'],
  ['smtp://m?proxy=p', 'proxy is a percent-encoded http:// or https:// URL'],
  ['smtp://a%:b@m', 'percent-encoded'],
] as const)('%s is refused', ([url, fault]) => {
  expect(() => parseRelayUrl(url)).toThrow(fault)
})
