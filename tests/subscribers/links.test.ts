import { describe, expect, it } from 'vitest'
import { secretsOf } from '../../src/config/secrets.js'
import { preferencesUrl, sign, unsubscribeUrl, verify } from '../../src/subscribers/links.js'

const secrets = secretsOf('a secret of at least thirty-two characters')
const rotated = secretsOf(
  'another one that is newer than the first,a secret of at least thirty-two characters',
)
const at = new Date('2026-05-06T07:00:00Z')
const later = (days: number) => new Date(at.getTime() + days * 86_400_000)
const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1)

describe('a signed link', () => {
  it('unsubscribes its subscriber years later, also under an old key', () => {
    const url = unsubscribeUrl(secrets, 'https://papers.example', 4711)
    expect(url).toMatch(/^https:\/\/papers\.example\/unsubscribe\/[\w.-]+$/)
    for (const keys of [secrets, rotated]) {
      expect(verify(keys, 'unsubscribe', tokenOf(url), later(700))).toEqual({
        state: 'valid',
        subscriberId: 4711,
      })
    }
  })

  it('to the preferences expires', () => {
    const token = tokenOf(preferencesUrl(secrets, 'https://papers.example', { id: 7, epoch: 0 }, at))
    expect(verify(secrets, 'preferences', token, later(29)).state).toBe('valid')
    expect(verify(secrets, 'preferences', token, later(30))).toEqual({ state: 'expired', subscriberId: 7 })
  })

  it('carries the epoch of its reader, which nobody can change', () => {
    const token = sign(secrets, 'preferences', { id: 7, epoch: 3 }, later(1))
    expect(verify(secrets, 'preferences', token, at)).toEqual({ state: 'valid', subscriberId: 7, epoch: 3 })
    for (const id of ['.7.', '.7-4.']) {
      expect(verify(secrets, 'preferences', token.replace('.7-3.', id), at).state).toBe('unknown')
    }
  })

  it('is nothing for another purpose, another key, another id or another expiry', () => {
    const token = sign(secrets, 'preferences', { id: 7, epoch: 0 }, later(1))
    const [key, , , signature] = token.split('.')
    expect(verify(secrets, 'session', token, at).state).toBe('unknown')
    expect(verify(secretsOf('x'.repeat(32)), 'preferences', token, at).state).toBe('unknown')
    expect(verify(secrets, 'preferences', `${key}.8.${token.split('.')[2]}.${signature}`, at).state).toBe(
      'unknown',
    )
    expect(verify(secrets, 'preferences', `${key}.7..${signature}`, at).state).toBe('unknown')
  })

  it.each(['', '.', '....', 'a.b.c.d', '\0', 'é'.repeat(50), `${'a.'.repeat(3)}${'A'.repeat(32)}`])(
    'is unknown when it is %j',
    (token) => {
      expect(verify(secrets, 'unsubscribe', token, at)).toEqual({ state: 'unknown' })
    },
  )

  it('is made fast enough for a million mails', () => {
    const started = performance.now()
    for (let id = 0; id < 5000; id += 1) unsubscribeUrl(secrets, 'https://papers.example', id)
    expect((performance.now() - started) / 5000).toBeLessThan(1)
  })
})
