import { solveChallenge } from 'altcha-lib/v1'
import { describe, expect, it } from 'vitest'
import { secretsOf } from '../../../src/config/secrets.js'
import { isDisposable } from '../../../src/subscribers/admission/disposable.js'
import { type MailDns, requireMailDomain } from '../../../src/subscribers/admission/mail-dns.js'
import { checkProof, makeChallenge } from '../../../src/subscribers/admission/proof.js'

const secrets = secretsOf('a secret for tests, of enough characters')
const at = new Date('2026-05-06T07:00:00Z')
const papers = { email: 'ada@papers.dev', domain: 'papers.dev' }

const fault = (code: string) => Object.assign(new Error(code), { code })

function dnsOf(answers: Partial<Record<keyof MailDns, unknown[] | string>>): MailDns & { asked: number } {
  const answer = async (kind: keyof MailDns) => {
    dns.asked += 1
    const found = answers[kind] ?? 'ENODATA'
    if (typeof found === 'string') throw fault(found)
    return found as never
  }
  const dns = {
    asked: 0,
    resolveMx: () => answer('resolveMx'),
    resolve4: () => answer('resolve4'),
    resolve6: () => answer('resolve6'),
  }
  return dns
}

describe('a mail domain', () => {
  it.each([
    ['has exchanges', { resolveMx: [{ exchange: 'mx.papers.dev' }] }],
    ['has only an address', { resolve4: ['192.0.2.1'] }],
    ['has only an IPv6 address', { resolve6: ['2001:db8::1'] }],
    ['cannot be asked about', { resolveMx: 'ETIMEOUT' }],
    ['has a broken server', { resolveMx: 'ESERVFAIL' }],
    ['has no exchange and cannot be asked further', { resolve4: 'ETIMEOUT' }],
  ])('that %s is fine', async (_, answers) => {
    await expect(requireMailDomain(dnsOf(answers), papers, at)).resolves.toBeUndefined()
  })

  it.each([
    ['does not exist', { resolveMx: 'ENOTFOUND' }],
    ['says that it takes none', { resolveMx: [{ exchange: '' }] }],
    ['has neither exchange nor address', {}],
  ])('that %s is refused', async (_, answers) => {
    await expect(requireMailDomain(dnsOf(answers), papers, at)).rejects.toThrow('papers.dev takes no mail')
  })

  it('is asked about once in ten minutes, and not at all when its name is reserved', async () => {
    const dns = dnsOf({ resolveMx: [{ exchange: 'mx.papers.dev' }] })
    for (let i = 0; i < 5; i += 1) await requireMailDomain(dns, papers, at)
    await requireMailDomain(dns, { email: 'a@example.org', domain: 'example.org' }, at)
    expect(dns.asked).toBe(1)
    await requireMailDomain(dns, papers, new Date(at.getTime() + 601_000))
    expect(dns.asked).toBe(2)
    await requireMailDomain(null, papers, at)
  })

  it.each([
    ['mailinator.com', true],
    ['some.name.mailinator.com', true],
    ['example.org', false],
    ['com', false],
  ])('%s is disposable: %s', (domain, disposable) => {
    expect(isDisposable(domain)).toBe(disposable)
  })
})

describe('a proof of work', () => {
  it('is good until it expires, under its own key, as it was given', async () => {
    const challenge = await makeChallenge(secrets, at)
    const solved = await solveChallenge(challenge.challenge, challenge.salt).promise
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64')
    const payload = encode({ ...challenge, number: solved?.number })
    const proof = await checkProof(secrets, payload, at)
    expect(proof?.expires).toEqual(new Date(at.getTime() + 600_000))
    expect(proof?.hash).toHaveLength(32)
    expect(await checkProof(secrets, payload, new Date(at.getTime() + 600_000))).toBeNull()
    expect(await checkProof(secretsOf('x'.repeat(32)), payload, at)).toBeNull()
    expect(
      await checkProof(secrets, encode({ ...challenge, number: (solved?.number ?? 0) + 1 }), at),
    ).toBeNull()
    const later = challenge.salt.replace(/expires=\d+/, 'expires=9999999999')
    expect(
      await checkProof(secrets, encode({ ...challenge, salt: later, number: solved?.number }), at),
    ).toBeNull()
  })

  it.each([
    '',
    'nonsense',
    'e30=',
    Buffer.from('[]').toString('base64'),
    Buffer.from('null').toString('base64'),
  ])('is none when it is %j', async (payload) => {
    expect(await checkProof(secrets, payload, at)).toBeNull()
  })
})
