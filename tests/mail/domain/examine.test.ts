/** What the doctor says about the DNS of a sending domain, as a table. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { examineDomain } from '../../../src/mail/domain/examine.js'
import type { Way } from '../../../src/mail/domain/spf.js'
import { dnsOf, type Zone } from './zone.js'

const folder = mkdtempSync(join(tmpdir(), 'daily-papers-doctor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function makeKey(name: string, made: { privateKey: KeyObject; publicKey: KeyObject }) {
  const file = join(folder, name)
  writeFileSync(file, made.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return { file, der: made.publicKey.export({ type: 'spki', format: 'der' }) }
}

const rsa = makeKey('rsa.pem', generateKeyPairSync('rsa', { modulusLength: 2048 }))
const ed = makeKey('ed.pem', generateKeyPairSync('ed25519'))
const published = rsa.der.toString('base64')

const good = {
  'example.org': ['google-site-verification=x', 'v=spf1 include:_spf.relay.example ~all'],
  '_spf.relay.example': ['v=spf1 ip4:198.51.100.0/24 ip6:2001:db8:1::/48 -all'],
  'a._domainkey.example.org': [`v=DKIM1; k=rsa; p=${published}`],
  '_dmarc.example.org': ['v=DMARC1; p=quarantine'],
}

const from = (address: string) => ({ name: 'Daily Papers', address })
const dkim = (domain = 'example.org', file = rsa.file) => [
  { domain, selector: 'a', file, variable: 'DKIM_KEY_FILE' },
]

const mail = { MX: ['10 mx.example.org'] }

/** Domains that send take mail, unless the zone says something else. */
function zoneOf(texts: Record<string, string[]>, zone: Zone): Zone {
  const all: Zone = {
    'mx.example.org': { A: ['203.0.113.25'] },
    'news.example.org': mail,
    'example.org': mail,
  }
  for (const [name, TXT] of Object.entries(texts)) all[name] = { ...all[name], TXT }
  return { ...all, ...zone }
}

async function findingsOf(texts: Record<string, string[]>, config = {}, zone: Zone = {}, ways: Way[] = []) {
  const asked = { mailFrom: from('papers@example.org'), dkim: dkim(), ...config }
  return examineDomain(asked, dnsOf(zoneOf(texts, zone)), ways)
}

async function statesOf(texts: Record<string, string[]>, config = {}, zone: Zone = {}, ways: Way[] = []) {
  const findings = await findingsOf(texts, config, zone, ways)
  for (const { state, mend } of findings) expect(mend === null).toBe(state === 'ok')
  return Object.fromEntries(findings.map(({ check, state }) => [check, state]))
}

const keyed = (...records: string[]) => ({
  'a._domainkey.example.org': records.map((record) => record.replaceAll('KEY', published)),
})

const allGood = { SPF: 'ok', MX: 'ok', 'DKIM a': 'ok', alignment: 'ok', DMARC: 'ok' }

describe('the sending domain', () => {
  it('has nothing to be mended when all is published', async () => {
    expect(await statesOf(good)).toEqual(allGood)
  })

  it.each([
    ['no SPF', { 'example.org': ['hello'] }, { SPF: 'fault' }],
    ['two SPF records', { 'example.org': ['v=spf1 mx ~all', 'v=spf1 ~all'] }, { SPF: 'fault' }],
    ['an SPF that lets all', { 'example.org': ['v=spf1 +all'] }, { SPF: 'fault' }],
    ['an SPF that lets all, unsigned', { 'example.org': ['v=spf1 mx all'] }, { SPF: 'fault' }],
    ['an SPF with a hard end', { 'example.org': ['v=spf1 mx -all'] }, { SPF: 'ok' }],
    ['a DKIM name that is absent', { 'a._domainkey.example.org': ['nothing'] }, { 'DKIM a': 'fault' }],
    ['another DKIM key', { 'a._domainkey.example.org': ['v=DKIM1; p=MIIB'] }, { 'DKIM a': 'fault' }],
    ['a revoked DKIM key', { 'a._domainkey.example.org': ['v=DKIM1; p='] }, { 'DKIM a': 'fault' }],
    [
      'a key in pieces',
      { 'a._domainkey.example.org': [`k=rsa; p = ${published.slice(0, 80)} ${published.slice(80)}`] },
      {},
    ],
    ['a DKIM key of another kind', keyed('v=DKIM1; k=ed25519; p=KEY'), { 'DKIM a': 'fault' }],
    ['a DKIM key for sha1 alone', keyed('v=DKIM1; h=sha1; p=KEY'), { 'DKIM a': 'fault' }],
    ['a DKIM key for sha1 and sha256', keyed('v=DKIM1; h=sha1:sha256; p=KEY'), {}],
    ['a DKIM key that is tried out', keyed('v=DKIM1; t=y; p=KEY'), { 'DKIM a': 'advice' }],
    ['a DKIM key that is tried out, strictly', keyed('v=DKIM1; t=s:y; p=KEY'), { 'DKIM a': 'advice' }],
    ['a strict DKIM key', keyed('v=DKIM1; t=s; p=KEY'), {}],
    ['a DKIM key that is not for mail', keyed('v=DKIM1; s=tlsrpt; p=KEY'), { 'DKIM a': 'fault' }],
    ['a DKIM key twice', keyed('v=DKIM1; p=KEY', 'v=DKIM1; k=rsa; p=KEY'), { 'DKIM a': 'fault' }],
    ['a DKIM tag twice', keyed('v=DKIM1; p=KEY; p=KEY'), { 'DKIM a': 'fault' }],
    ['a DKIM version that stands last', keyed('p=KEY; v=DKIM1'), { 'DKIM a': 'fault' }],
    ['a DKIM version of another day', keyed('v=DKIM2; p=KEY'), { 'DKIM a': 'fault' }],
    ['a DMARC of strict alignment', { '_dmarc.example.org': ['v=DMARC1; p=none; adkim=s; aspf=s'] }, {}],
    ['no DMARC', { '_dmarc.example.org': ['v=spf1'] }, { DMARC: 'fault' }],
    ['a DNS that fails', { 'example.org': ['SERVFAIL'] }, { SPF: 'advice', MX: 'advice' }],
  ])('%s', async (_, records, expected) => {
    expect(await statesOf({ ...good, ...records })).toEqual({ ...allGood, ...expected })
  })

  it('takes the DMARC record of the domain above, and a signature from it', async () => {
    const records = { ...good, 'news.example.org': ['v=spf1 mx ~all'] }
    expect(await statesOf(records, { mailFrom: from('papers@news.example.org') })).toEqual(allGood)
  })

  it('tells a signature of a stranger, and no signature at all', async () => {
    const strange = { ...good, 'a._domainkey.relay.example': good['a._domainkey.example.org'] }
    expect(await statesOf(strange, { dkim: dkim('relay.example') })).toMatchObject({ alignment: 'fault' })
    expect(await statesOf(good, { dkim: [] })).toEqual({ SPF: 'ok', MX: 'ok', DKIM: 'advice', DMARC: 'ok' })
  })

  it('knows Ed25519 by its bare 32 bytes (RFC 8463)', async () => {
    const bare = ed.der.subarray(-32).toString('base64')
    const records = { ...good, 'a._domainkey.example.org': [`v=DKIM1; k=ed25519; p=${bare}`] }
    const config = { dkim: dkim('example.org', ed.file) }
    // Gmail and Outlook do not read it.
    expect(await statesOf(records, config)).toEqual({ ...allGood, 'DKIM algorithm': 'fault' })
  })

  it('takes localhost for the trial that it is', async () => {
    expect(await statesOf({}, { mailFrom: from('papers@localhost') })).toEqual({ 'sending domain': 'advice' })
  })

  it('lets sister domains align, unless the record is strict', async () => {
    const key = good['a._domainkey.example.org']
    const sisters = { ...good, 'news.example.org': ['v=spf1 mx ~all'], 'a._domainkey.mail.example.org': key }
    const config = { mailFrom: from('papers@news.example.org'), dkim: dkim('mail.example.org') }
    expect(await statesOf(sisters, config)).toEqual(allGood)
    const strict = { ...sisters, '_dmarc.example.org': ['v=DMARC1; p=none; adkim=s'] }
    expect(await statesOf(strict, config)).toEqual({ ...allGood, alignment: 'fault' })
  })

  it('knows under which suffixes people register', async () => {
    const of = (sender: string, signer: string) =>
      statesOf({}, { mailFrom: from(`papers@${sender}`), dkim: dkim(signer) })
    expect(await of('a.example.co.uk', 'b.example.co.uk')).toMatchObject({ alignment: 'ok' })
    expect(await of('one.co.uk', 'other.co.uk')).toMatchObject({ alignment: 'fault' })
    expect(await of('one.github.io', 'other.github.io')).toMatchObject({ alignment: 'fault' })
  })

  it('finds an international domain by its A-label', async () => {
    const domain = 'xn--mnchen-3ya.example'
    const texts = {
      [domain]: ['v=spf1 ip4:203.0.113.7 ~all'],
      [`a._domainkey.${domain}`]: good['a._domainkey.example.org'],
      [`_dmarc.${domain}`]: ['v=DMARC1; p=none'],
    }
    const zone = { [domain]: { ...mail, TXT: texts[domain] ?? [] } }
    const config = { mailFrom: from('papers@München.example'), dkim: dkim(domain) }
    expect(await statesOf(texts, config, zone)).toEqual(allGood)
  })

  it('says whether SPF covers the addresses of the relays', async () => {
    const ways = [
      { relay: 'in:25', addresses: ['198.51.100.9', '2001:db8:1::9'] },
      { relay: 'out:25', addresses: ['198.51.100.9', '192.0.2.9'] },
      { relay: 'own:25', addresses: [] },
    ]
    const findings = await findingsOf(good, {}, {}, ways)
    expect(findings.filter(({ check }) => check.startsWith('SPF for'))).toMatchObject([
      { check: 'SPF for in:25', state: 'ok' },
      { check: 'SPF for out:25', state: 'advice', mend: expect.stringContaining('ip4:192.0.2.9') },
    ])
  })

  describe('the return domain', () => {
    const returnAddress = 'bounce@b.example.org'
    const texts = { ...good, 'b.example.org': ['v=spf1 ip4:203.0.113.7 -all'] }
    const zone = { 'b.example.org': { ...mail, TXT: texts['b.example.org'] } }
    const returnsGood = { 'return SPF': 'ok', 'return MX': 'ok' }

    it('takes mail, has its own SPF, and is of the same organisation', async () => {
      expect(await statesOf(texts, { returnAddress }, zone)).toEqual({ ...allGood, ...returnsGood })
    })

    it('is asked for SPF of the relays in place of the sender', async () => {
      const ways = [{ relay: 'out:25', addresses: ['203.0.113.7'] }]
      const states = await statesOf(texts, { returnAddress }, zone, ways)
      expect(states).toEqual({ ...allGood, ...returnsGood, 'return SPF for out:25': 'ok' })
    })

    it('loses every bounce without an MX', async () => {
      const bare = { 'b.example.org': { TXT: texts['b.example.org'] } }
      expect(await statesOf(texts, { returnAddress }, bare)).toMatchObject({ 'return MX': 'fault' })
    })

    it('does not align under aspf=s, nor from elsewhere', async () => {
      const strict = { ...texts, '_dmarc.example.org': ['v=DMARC1; p=none; aspf=s'] }
      const signed = await statesOf(strict, { returnAddress }, zone)
      expect(signed).toMatchObject({ alignment: 'ok', 'return alignment': 'advice' })
      const unsignedMail = await statesOf(strict, { returnAddress, dkim: [] }, zone)
      expect(unsignedMail).toMatchObject({ 'return alignment': 'fault' })
    })
  })
})
