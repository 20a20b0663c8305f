/** What we say of a domain beside what checkdmarc says: never green where it finds fault. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { examineDomain } from '../../../src/mail/domain/examine.js'
import { dnsOf, type Zone } from './zone.js'

type Verdict = { valid: boolean; error?: string }
type Case = {
  name: string
  domain: string
  zone: Zone
  checkdmarc: { spf: Verdict; dmarc: Verdict; mx: string[] }
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/domains/cases.json', import.meta.url), 'utf8'),
) as { cases: Case[] }

/** Where we say something else, and why. */
const others: Record<string, { spf?: string; dmarc?: string }> = {
  // It judges the form alone, and takes a record that lets everybody send for valid.
  '+all': { spf: 'fault' },
  '+all behind another term': { spf: 'fault' },
  'all without a sign behind another term': { spf: 'fault' },
  '+all before -all': { spf: 'fault' },
  'a redirect to a record that lets everybody send': { spf: 'fault' },
  // RFC 7208 4.5: the version is a string of ABNF, which knows no capitals.
  'SPF in capitals': { spf: 'ok' },
  // It walks up the tree (RFC 9989); others look at the organisation alone, and co.uk is none.
  "a record of co.uk is nobody's": { dmarc: 'fault' },
}

/** Valid, and still something to be mended. */
const advised: Record<string, 'spf' | 'dmarc'> = {
  '?all': 'spf',
  'no end': 'spf',
  'p absent': 'dmarc',
  'p absent, with reports': 'dmarc',
  'adkim that is none': 'dmarc',
  'reports to a stranger who has not agreed': 'dmarc',
}

describe.each(cases)('$name', ({ name, domain, zone, checkdmarc }) => {
  it('is judged as checkdmarc judges it', async () => {
    const config = { mailFrom: { name: '', address: `papers@${domain}` }, dkim: [] }
    const findings = await examineDomain(config, dnsOf(zone))
    const stateOf = (check: string) => findings.find((finding) => finding.check === check)?.state
    const expected = (kind: 'spf' | 'dmarc') =>
      others[name]?.[kind] ?? (checkdmarc[kind].valid ? (advised[name] === kind ? 'advice' : 'ok') : 'fault')
    expect({ spf: stateOf('SPF'), dmarc: stateOf('DMARC') }).toEqual({
      spf: expected('spf'),
      dmarc: expected('dmarc'),
    })
    expect(stateOf('MX') === 'ok').toBe(checkdmarc.mx.length === 0)
  })
})
