import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { abuseKey, checkAddress, emailKey } from '../../src/subscribers/address.js'

describe('an address', () => {
  it.each([
    ['name@example.org', 'name@example.org'],
    ['  name@example.org ', 'name@example.org'],
    ['First.Last+papers@EXAMPLE.Org', 'First.Last+papers@example.org'],
    ["o'neil!#$%&*/=?^_`{|}~-@example.org", "o'neil!#$%&*/=?^_`{|}~-@example.org"],
    ['reader@Bücher.example', 'reader@xn--bcher-kva.example'],
    ['reader@例え.テスト', 'reader@xn--r8jz45g.xn--zckzah'],
    ['reader@example.org.', 'reader@example.org'],
    ['reader@EXAMPLE。org', 'reader@example.org'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
  ])('%j is kept as %j', (given, kept) => {
    expect(checkAddress(given).email).toBe(kept)
    expect(kept.endsWith(`@${checkAddress(given).domain}`)).toBe(true)
  })

  it.each([
    ['', 'Please give'],
    ['example.org', 'an @'],
    ['@example.org', 'before the @'],
    ['a@b@example.org', 'exactly one @'],
    ['"a b"@example.org', 'quotation marks'],
    ['"a@b"@example.org', 'quotation marks'],
    ['"A Name" <a@example.org>', 'one plain address'],
    ['"ab"@example.org', 'quotation marks'],
    ['a\\b@example.org', 'backslashes'],
    ['a b@example.org', 'one plain address'],
    ['Name <a@example.org>', 'one plain address'],
    ['a@example.org, b@example.org', 'one plain address'],
    ['a@example.org\r\nBcc: b@example.org', 'line breaks'],
    ['a\0@example.org', 'line breaks'],
    ['a\u2028b@example.org', 'line breaks'],
    ['.a@example.org', 'Dots'],
    ['a.@example.org', 'Dots'],
    ['a..b@example.org', 'Dots'],
    ['jörg@example.org', 'beyond ASCII'],
    ['a\u200bb@example.org', 'no address has'],
    [`${'a'.repeat(65)}@example.org`, '64 octets'],
    [`a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(57)}.org`, '254 octets'],
    [`a@${'b'.repeat(64)}.org`, 'name of a domain'],
    ['a@localhost', 'full domain'],
    ['a@127.0.0.1', 'full domain'],
    ['a@[127.0.0.1]', 'one plain address'],
    ['a@-example.org', 'name of a domain'],
    ['a@exa_mple.org', 'name of a domain'],
    ['a@example..org', 'name of a domain'],
    ['a@', 'name of a domain'],
    ['a@exa%6dple.org', 'name of a domain'],
  ])('%j is refused: %s', (given, because) => {
    expect(() => checkAddress(given)).toThrow(because)
  })

  it('takes letters beyond ASCII before the @ when the relay can', () => {
    expect(checkAddress('Jo\u0308rg@example.org', { eai: true }).email).toBe('Jörg@example.org')
    expect(() => checkAddress(`${'ö'.repeat(33)}@example.org`, { eai: true })).toThrow('64 octets')
  })

  it('stays as it is when checked again, whatever it was', () => {
    const kept = fc
      .sample(fc.emailAddress(), 200)
      .map(keptOf)
      .filter((email) => email !== undefined)
    expect(kept.length).toBeGreaterThan(100)
    expect(kept.map((email) => checkAddress(email).email)).toEqual(kept)
  })

  it('is one subscriber without regard to case, and one victim without dots and plus signs', () => {
    expect(emailKey('First.Last@example.org')).toBe('first.last@example.org')
    const keys = ['first.last@example.org', 'FirstLast+x@example.org', 'f.i.r.s.t.last@example.org']
    expect(new Set(keys.map((email) => abuseKey(checkAddress(email)))).size).toBe(1)
    expect(abuseKey(checkAddress('+x@example.org'))).toBe('+x@example.org')
  })
})

function keptOf(given: string): string | undefined {
  try {
    return checkAddress(given).email
  } catch {
    return undefined
  }
}
