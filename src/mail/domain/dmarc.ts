/** What a domain wants done with mail that only claims to be its own (RFC 7489). */
import { organisationOf, type DomainDns, textsOf } from './facts.js'
import { advice, type Finding, fault, ok } from './finding.js'
import { faultOf } from './dmarc-tags.js'
import { parseTags, type Tags } from './tags.js'

type Alignment = 'strict' | 'relaxed'

export type Dmarc = {
  finding: Finding
  /** How closely a signature's domain must fit the sender's. */
  ofSignature: Alignment
  /** How closely the domain of MAIL FROM must fit it. */
  ofEnvelope: Alignment
}

/** RFC 7489 6.6.3: the record of the domain, otherwise that of its organisation; one alone counts. */
export async function checkDmarc(domain: string, dns: DomainDns): Promise<Dmarc> {
  for (const owner of new Set([domain, organisationOf(domain)])) {
    const name = `_dmarc.${owner}`
    const found = await textsOf(dns, name)
    const [record, second] = found.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text))
    if (second !== undefined) {
      return relaxed(fault('DMARC', `${name} has more than one DMARC record: none counts`, 'Keep one.'))
    }
    if (record !== undefined) return judged(domain, owner, record, dns)
    const nearly = found.find((text) => /^\s*v\s*=\s*dmarc/i.test(text))
    if (nearly !== undefined) return relaxed(unread(name, nearly))
  }
  const add = `Add to DNS: _dmarc.${domain}. TXT "v=DMARC1; p=none; rua=mailto:YOU@${domain}"`
  return relaxed(fault('DMARC', `${domain} has no DMARC record`, add))
}

const relaxed = (finding: Finding): Dmarc => ({ finding, ofSignature: 'relaxed', ofEnvelope: 'relaxed' })

const unread = (name: string, record: string): Finding =>
  fault('DMARC', `${name} is not read as a DMARC record: ${record}`, 'Write it as "v=DMARC1; p=none".')

async function judged(domain: string, owner: string, record: string, dns: DomainDns): Promise<Dmarc> {
  const tags = parseTags(record)
  if (!tags) return relaxed(unread(`_dmarc.${owner}`, record))
  const modeOf = (tag: string): Alignment => (tags.get(tag)?.toLowerCase() === 's' ? 'strict' : 'relaxed')
  const finding =
    faultOf(owner, tags) ?? (await strangerAmong(owner, tags, dns)) ?? stranded(domain, owner, tags, record)
  return { finding, ofSignature: modeOf('adkim'), ofEnvelope: modeOf('aspf') }
}

/** RFC 7489 7.1: whoever gets reports about another's domain must have agreed. */
async function strangerAmong(owner: string, tags: Tags, dns: DomainDns): Promise<Finding | null> {
  const addresses = `${tags.get('rua') ?? ''},${tags.get('ruf') ?? ''}`.matchAll(
    /mailto:[^@,\s]+@([^!,\s]+)/gi,
  )
  for (const host of new Set([...addresses].map(([, each]) => (each ?? '').toLowerCase()))) {
    if (organisationOf(host) === organisationOf(owner)) continue
    const name = `${owner}._report._dmarc.${host}`
    if ((await textsOf(dns, name)).some((text) => /^v\s*=\s*DMARC1/.test(text))) continue
    return advice(
      'DMARC',
      `${host} has not agreed to get reports about ${owner}`,
      `Let it publish ${name}. TXT "v=DMARC1"`,
    )
  }
  return null
}

/** A record that is kept, but in a form that some pass over. */
function stranded(domain: string, owner: string, tags: Tags, record: string): Finding {
  if ([...tags.keys()][1] !== 'p') {
    return advice(
      'DMARC',
      `p= does not stand behind v=DMARC1 in: ${record}`,
      'Put it there; some look nowhere else.',
    )
  }
  const from = owner === domain ? '' : ` (from ${owner})`
  return ok('DMARC', `${record}${from}`)
}
