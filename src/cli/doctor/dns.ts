/** What mailbox providers look up about the sending domain: SPF, DKIM, DMARC and whether they align. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Config } from '../../config/config.js'
import { messageOf } from '../../errors.js'
import { readSigningKeys, type SigningKey } from '../../mail/dkim/sign-keys.js'
import { advice, type Finding, fault, ok } from './finding.js'

/** What is asked of DNS; node's own resolver has it. */
export type DoctorDns = {
  resolveTxt(name: string): Promise<string[][]>
  resolve4(name: string): Promise<string[]>
  reverse(address: string): Promise<string[]>
}

export async function checkSendingDomain(
  config: Pick<Config, 'mailFrom' | 'dkim'>,
  dns: DoctorDns,
): Promise<Finding[]> {
  const domain = (config.mailFrom.address.split('@')[1] ?? '').toLowerCase()
  if (!domain.includes('.')) {
    return [
      advice(
        'sending domain',
        `MAIL_FROM is at ${domain}: a trial`,
        'Set MAIL_FROM to an address of your domain.',
      ),
    ]
  }
  const keys = readSigningKeys(config)
  const checks = [
    checkSpf(domain, dns),
    ...keys.map((key) => checkDkim(key, dns)),
    ...(keys.length === 0 ? [Promise.resolve(unsigned)] : [Promise.resolve(alignment(domain, keys))]),
    checkDmarc(domain, dns),
  ]
  return Promise.all(checks)
}

const unsigned = advice(
  'DKIM',
  'mail is not signed here',
  'Set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE, unless your relay signs for this domain.',
)

/** The TXT records of a name, each as one text; none when there is no such name. */
async function texts(dns: DoctorDns, name: string): Promise<string[] | Error> {
  try {
    return (await dns.resolveTxt(name)).map((parts) => parts.join(''))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : (error as Error)
  }
}

const unanswered = (check: string, name: string, error: Error): Finding =>
  advice(check, `DNS did not answer for ${name}: ${messageOf(error)}`, 'Check the resolver of this machine.')

/** RFC 7208: exactly one record. */
async function checkSpf(domain: string, dns: DoctorDns): Promise<Finding> {
  const found = await texts(dns, domain)
  if (found instanceof Error) return unanswered('SPF', domain, found)
  const [record, second] = found.filter((text) => /^v=spf1( |$)/i.test(text))
  const add = `Add to DNS: ${domain}. TXT "v=spf1 include:YOUR-RELAY ~all", as your relay tells you.`
  if (!record) return fault('SPF', `${domain} has no SPF record`, add)
  if (second)
    return fault('SPF', `${domain} has more than one SPF record: none counts`, 'Merge them into one.')
  if (/[ +]\+?all$/i.test(record) && !/[-~?]all$/i.test(record)) {
    return fault('SPF', `the record of ${domain} lets everybody send`, 'End it with ~all or -all.')
  }
  return ok('SPF', record)
}

/** RFC 6376: the key that we sign with must be the one that is published. */
async function checkDkim(key: SigningKey, dns: DoctorDns): Promise<Finding> {
  const name = `${key.selector}._domainkey.${key.domain}`
  const check = `DKIM ${key.selector}`
  const found = await texts(dns, name)
  if (found instanceof Error) return unanswered(check, name, found)
  const ours = publicKeyOf(key.key)
  const add = `Put into DNS: ${name}. TXT "v=DKIM1; k=${ours.kind}; p=${ours.text}"`
  const record = found.find((text) => /(^|;)\s*p\s*=/i.test(text))
  if (!record) return fault(check, `${name} publishes no key`, add)
  const published = (/(?:^|;)\s*p\s*=([^;]*)/i.exec(record)?.[1] ?? '').replaceAll(/\s/g, '')
  if (published === '') return fault(check, `the key at ${name} is revoked`, add)
  return published === ours.text
    ? ok(check, `${name} publishes the key that signs`)
    : fault(check, `${name} publishes another key than the one that signs: every signature fails`, add)
}

/** RFC 6376 3.6.1 wants the whole SubjectPublicKeyInfo for RSA, RFC 8463 the bare 32 bytes for Ed25519. */
function publicKeyOf(key: KeyObject): { kind: string; text: string } {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return key.asymmetricKeyType === 'ed25519'
    ? { kind: 'ed25519', text: der.subarray(-32).toString('base64') }
    : { kind: 'rsa', text: der.toString('base64') }
}

/** RFC 7489 3.1, relaxed: the domains are the same, or one lies below the other. */
function alignment(domain: string, keys: SigningKey[]): Finding {
  const aligned = keys.some((key) => isWithin(key.domain, domain) || isWithin(domain, key.domain))
  const signers = [...new Set(keys.map((key) => key.domain))].join(', ')
  return aligned
    ? ok('alignment', `signed by ${signers}, sent from ${domain}`)
    : fault(
        'alignment',
        `signed by ${signers}, sent from ${domain}: DMARC fails`,
        'Let DKIM_DOMAIN be the domain of MAIL_FROM.',
      )
}

const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.endsWith(`.${outer}`)

/** RFC 7489 6.6.3: the record of the domain, otherwise that of the one above it. */
async function checkDmarc(domain: string, dns: DoctorDns): Promise<Finding> {
  const parent = domain.split('.').slice(-2).join('.')
  for (const name of new Set([domain, parent])) {
    const found = await texts(dns, `_dmarc.${name}`)
    if (found instanceof Error) return unanswered('DMARC', `_dmarc.${name}`, found)
    const record = found.find((text) => /^v=DMARC1\s*(;|$)/i.test(text))
    if (record) return ok('DMARC', record)
  }
  const add = `Add to DNS: _dmarc.${domain}. TXT "v=DMARC1; p=none; rua=mailto:YOU@${domain}"`
  return fault('DMARC', `${domain} has no DMARC record`, add)
}
