import { expect, it } from 'vitest'
import { maskAddresses } from '../../src/format/mask-addresses.js'

it.each([
  ['<ada@example.org>: user unknown', '<[address]>: user unknown'],
  ['mailto:ada+x@example.org', 'mailto:[address]'],
  ['for ada%40example.org, relay=mx', 'for [address], relay=mx'],
  ['"ada lovelace"@example.org is full', '[address] is full'],
  ['RCPT TO:<ada@[192.0.2.1]> refused', 'RCPT TO:<[address]> refused'],
  ['bounce+ada=example.org@relay.example and grüße@bücher.example', '[address] and [address]'],
  ['no address @ all', 'no address @ all'],
])('masks the addresses of %j', (text, masked) => {
  expect(maskAddresses(text)).toBe(masked)
})

it('takes no time to speak of over a long text without any', () => {
  const began = performance.now()
  expect(maskAddresses('x'.repeat(100_000))).toHaveLength(100_000)
  expect(performance.now() - began).toBeLessThan(1000)
})
