/** What the doctor says about the DNS of a sending domain, as a table. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkSendingDomain, type DoctorDns } from '../../../src/cli/doctor/dns.js'

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

/** Answers from a table; `SERVFAIL` stands for a server that does not answer. */
function dnsOf(records: Record<string, string[]>): DoctorDns {
  const failing = (code: string) => Object.assign(new Error(`query ${code}`), { code })
  return {
    resolveTxt: async (name) => {
      const found = records[name]
      if (!found) throw failing('ENOTFOUND')
      if (found[0] === 'SERVFAIL') throw failing('ESERVFAIL')
      // Long records come in pieces of at most 255 bytes.
      return found.map((text) => text.match(/.{1,255}/g) ?? [''])
    },
    resolve4: async () => [],
    reverse: async () => [],
  }
}

const good = {
  'example.org': ['google-site-verification=x', 'v=spf1 include:_spf.relay.example ~all'],
  'a._domainkey.example.org': [`v=DKIM1; k=rsa; p=${published}`],
  '_dmarc.example.org': ['v=DMARC1; p=quarantine'],
}

const from = (address: string) => ({ name: 'Daily Papers', address })
const dkim = (domain = 'example.org', file = rsa.file) => [
  { domain, selector: 'a', file, variable: 'DKIM_KEY_FILE' },
]

async function statesOf(records: Record<string, string[]>, config = {}): Promise<Record<string, string>> {
  const asked = { mailFrom: from('papers@example.org'), dkim: dkim(), ...config }
  const findings = await checkSendingDomain(asked, dnsOf(records))
  for (const { state, mend } of findings) expect(mend === null).toBe(state === 'ok')
  return Object.fromEntries(findings.map(({ check, state }) => [check, state]))
}

const allGood = { SPF: 'ok', 'DKIM a': 'ok', alignment: 'ok', DMARC: 'ok' }

describe('the sending domain', () => {
  it('has nothing to be mended when all is published', async () => {
    expect(await statesOf(good)).toEqual(allGood)
  })

  it.each([
    ['no SPF', { 'example.org': ['hello'] }, { SPF: 'fault' }],
    ['two SPF records', { 'example.org': ['v=spf1 a ~all', 'v=spf1 mx ~all'] }, { SPF: 'fault' }],
    ['an SPF that lets all', { 'example.org': ['v=spf1 +all'] }, { SPF: 'fault' }],
    ['an SPF that lets all, unsigned', { 'example.org': ['v=spf1 a all'] }, { SPF: 'fault' }],
    ['an SPF with a hard end', { 'example.org': ['v=spf1 a -all'] }, { SPF: 'ok' }],
    ['a DKIM name that is absent', { 'a._domainkey.example.org': ['nothing'] }, { 'DKIM a': 'fault' }],
    ['another DKIM key', { 'a._domainkey.example.org': ['v=DKIM1; p=MIIB'] }, { 'DKIM a': 'fault' }],
    ['a revoked DKIM key', { 'a._domainkey.example.org': ['v=DKIM1; p='] }, { 'DKIM a': 'fault' }],
    [
      'a key in pieces',
      { 'a._domainkey.example.org': [`k=rsa; p = ${published.slice(0, 80)} ${published.slice(80)}`] },
      {},
    ],
    ['no DMARC', { '_dmarc.example.org': ['v=spf1'] }, { DMARC: 'fault' }],
    ['a DNS that fails', { 'example.org': ['SERVFAIL'] }, { SPF: 'advice' }],
  ])('%s', async (_, records, expected) => {
    expect(await statesOf({ ...good, ...records })).toEqual({ ...allGood, ...expected })
  })

  it('takes the DMARC record of the domain above, and a signature from it', async () => {
    const records = { ...good, 'news.example.org': ['v=spf1 a ~all'] }
    expect(await statesOf(records, { mailFrom: from('papers@news.example.org') })).toEqual(allGood)
  })

  it('tells a signature of a stranger, and no signature at all', async () => {
    const strange = { ...good, 'a._domainkey.relay.example': good['a._domainkey.example.org'] }
    expect(await statesOf(strange, { dkim: dkim('relay.example') })).toMatchObject({ alignment: 'fault' })
    expect(await statesOf(good, { dkim: [] })).toEqual({ SPF: 'ok', DKIM: 'advice', DMARC: 'ok' })
  })

  it('knows Ed25519 by its bare 32 bytes (RFC 8463)', async () => {
    const bare = ed.der.subarray(-32).toString('base64')
    const records = { ...good, 'a._domainkey.example.org': [`v=DKIM1; k=ed25519; p=${bare}`] }
    expect(await statesOf(records, { dkim: dkim('example.org', ed.file) })).toEqual(allGood)
  })

  it('takes localhost for the trial that it is', async () => {
    expect(await statesOf({}, { mailFrom: from('papers@localhost') })).toEqual({ 'sending domain': 'advice' })
  })
})
