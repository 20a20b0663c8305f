import { expect, it } from 'vitest'
import {
  isLoopbackAddress,
  isOwnAddress,
  isPublicAddress,
  isWithin,
  parseNetwork,
} from '../../src/network/addresses.js'

it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8', '::ffff:808:808'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

it.each([
  ['this host', '0.0.0.0'],
  ['this host', '0.1.2.3'],
  ['private', '10.1.2.3'],
  ['shared by a carrier', '100.64.0.1'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['link-local', '169.254.169.254'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['protocols', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['6to4 relays', '192.88.99.1'],
  ['private', '192.168.0.1'],
  ['benchmarks', '198.19.255.255'],
  ['documentation', '203.0.113.7'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['mapped', '::ffff:127.0.0.1'],
  ['mapped', '::ffff:7f00:1'],
  ['mapped', '0:0:0:0:0:ffff:a00:1'],
  ['IPv4-compatible', '::7f00:1'],
  ['IPv4-translated', '::ffff:0:7f00:1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['NAT64 of a network', '64:ff9b:1::a00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['documentation', '2001:db8::1'],
  ['unique local', 'fd00::1'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
  ['discard', '100::1'],
  ['segment routing', '5f00::1'],
  ['not given out', '4000::1'],
  ['the machine itself', '168.63.129.16'],
  ['the machine itself, mapped', '::ffff:a83f:8110'],
  ['ISATAP', '2001:470:1:2::5efe:7f00:1'],
  ['ISATAP', '2a00:1:2:3:200:5efe:10.0.0.1'],
  ['no address', 'localhost'],
  ['octal', '0177.0.0.1'],
  ['decimal', '2130706433'],
  ['nothing', ''],
])('not public: %s (%s)', (_what, address) => {
  expect(isPublicAddress(address)).toBe(false)
})

it('tells the own network from others', () => {
  for (const own of ['127.0.0.1', '10.0.0.1', '::ffff:192.168.0.1', '::1', 'fd12::1'])
    expect(isOwnAddress(own)).toBe(true)
  for (const other of ['100.64.0.1', '169.254.1.1', '8.8.8.8', 'fe80::1', '2606:4700::1', 'x'])
    expect(isOwnAddress(other)).toBe(false)
  expect(isLoopbackAddress('127.1.2.3')).toBe(true)
  expect(isLoopbackAddress('10.0.0.1')).toBe(false)
})

it('knows what lies within a network', () => {
  const networks = ['10.2.0.0/16', 'fd00:1::/32', '127.0.0.1']
    .map((text) => parseNetwork(text))
    .filter((one) => one !== null)
  expect(networks).toHaveLength(3)
  for (const inside of ['10.2.3.4', '::ffff:10.2.3.4', 'fd00:1::5', '127.0.0.1'])
    expect(isWithin(inside, networks)).toBe(true)
  for (const outside of ['10.3.0.1', 'fd00:2::5', '127.0.0.2', 'localhost'])
    expect(isWithin(outside, networks)).toBe(false)
})

it.each(['', 'x', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', '10.0.0.0/', '0177.0.0.1'])(
  '%j is no network',
  (text) => {
    expect(parseNetwork(text)).toBeNull()
  },
)
