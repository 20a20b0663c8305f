/** Keyed hashes are HMAC-SHA256, whatever the text. */
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { deriveKey, secretsOf } from '../../src/config/secrets.js'
import { keyedHash, keyedText } from '../../src/subscribers/keys.js'

const [key] = secretsOf('a secret of a test, thirty-two letters').keys

test.each([
  ['nothing', ''],
  ['a link', 'plnMIf.25-1.t4c0zk'],
  ['a text beyond ASCII', 'jürgen@bücher.example 🎉'],
  ['a text longer than the room kept for one', 'ünï'.repeat(2_000)],
  ['a short text after a long one', 'a'],
])('is the HMAC of RFC 2104 for %s', (_name, text) => {
  const expected = createHmac('sha256', deriveKey(key, 'a test')).update(text).digest()
  expect(keyedHash(key, 'a test', text)).toEqual(expected)
  expect(keyedText(key, 'a test', text, 'base64url')).toBe(expected.toString('base64url'))
  expect(keyedText(key, 'a test', text, 'hex')).toBe(expected.toString('hex'))
})
