/** Whether a signature or MAIL FROM is of the sender's own domain, which DMARC rests on. */
import type { SigningKey } from '../dkim/sign-keys.js'
import type { Dmarc } from './dmarc.js'
import { isAligned } from './facts.js'
import { advice, type Finding, fault, ok } from './finding.js'

type Domains = { domain: string; returns: string; keys: SigningKey[] }

/** RFC 7489 3.1: DMARC passes when a signature or MAIL FROM is of the sender's own domain, as its record wants it. */
export function alignment({ domain, returns, keys }: Domains, { ofSignature, ofEnvelope }: Dmarc): Finding[] {
  const signers = [...new Set(keys.map((key) => key.domain))].join(', ')
  const bySignature = keys.some((key) => isAligned(key.domain, domain, ofSignature))
  const byEnvelope = isAligned(returns, domain, ofEnvelope)
  const findings: Finding[] = []
  if (bySignature) findings.push(ok('alignment', `signed by ${signers}, sent from ${domain}`))
  else if (keys.length > 0) {
    const found = `signed by ${signers}, sent from ${domain}: DMARC fails (${ofSignature} alignment)`
    findings.push(fault('alignment', found, 'Let DKIM_DOMAIN be the domain of MAIL_FROM.'))
  }
  if (!byEnvelope) {
    const found = `mail comes back to ${returns}, sent from ${domain}: SPF counts nothing for DMARC (${ofEnvelope} alignment)`
    const mend = 'Let RETURN_ADDRESS be at a subdomain of the domain of MAIL_FROM, without aspf=s.'
    findings.push(
      bySignature ? advice('return alignment', found, mend) : fault('return alignment', found, mend),
    )
  }
  return findings
}
