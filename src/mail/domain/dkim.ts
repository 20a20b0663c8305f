/** Whether the key that is published is the one that signs, and may (RFC 6376 3.6.1, RFC 8463). */
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { SigningKey } from '../dkim/sign-keys.js'
import { type DomainDns, textsOf } from './facts.js'
import { advice, type Finding, fault, ok } from './finding.js'
import { itemsOf, parseTags, type Tags } from './tags.js'

export async function checkDkim(key: SigningKey, dns: DomainDns): Promise<Finding> {
  const name = `${key.selector}._domainkey.${key.domain}`
  const check = `DKIM ${key.selector}`
  const ours = publicKeyOf(key.key)
  const add = `Put into DNS: ${name}. TXT "v=DKIM1; k=${ours.kind}; p=${ours.text}"`
  const [record, second] = (await textsOf(dns, name)).filter((text) => /(^|;)\s*p\s*=/i.test(text))
  if (record === undefined) return fault(check, `${name} publishes no key`, add)
  if (second !== undefined) {
    return fault(check, `${name} publishes more than one key: which one counts is chance`, 'Keep one.')
  }
  const tags = parseTags(record)
  const reason = tags ? reasonAgainst(tags, ours) : 'is not read as a list of tags'
  if (reason !== null || !tags) return fault(check, `${name} ${reason}`, add)
  return itemsOf(tags.get('t') ?? '').includes('y')
    ? advice(check, `${name} says t=y: the key is only being tried out`, 'Take t=y out of the record.')
    : ok(check, `${name} publishes the key that signs`)
}

/** Why signatures of ours fail by that record; null when they do not. */
function reasonAgainst(tags: Tags, ours: { kind: string; text: string }): string | null {
  const version = tags.get('v')
  if (version !== undefined && (version !== 'DKIM1' || [...tags.keys()][0] !== 'v')) {
    return 'must begin with v=DKIM1, or leave v out'
  }
  const published = (tags.get('p') ?? '').replaceAll(/\s/g, '')
  if (published === '') return 'holds a revoked key'
  const kind = (tags.get('k') ?? 'rsa').toLowerCase()
  if (kind !== ours.kind) return `says k=${kind} of a key that is ${ours.kind}`
  const hashes = tags.get('h')
  if (hashes !== undefined && !itemsOf(hashes).includes('sha256')) {
    return `says h=${hashes}, and mail is signed with sha256`
  }
  const uses = tags.get('s')
  if (uses !== undefined && !itemsOf(uses).some((use) => use === '*' || use === 'email')) {
    return `says s=${uses}: the key is not for mail`
  }
  return published === ours.text
    ? null
    : 'publishes another key than the one that signs: every signature fails'
}

/** RFC 8463: not everybody reads Ed25519, so mail wants an RSA signature as well. */
export function checkAlgorithms(keys: SigningKey[]): Finding[] {
  if (keys.length === 0 || keys.some(({ algorithm }) => algorithm === 'rsa-sha256')) return []
  const found = 'Ed25519 is the only key, and Gmail, Outlook and others do not read it'
  return [
    fault('DKIM algorithm', found, 'Sign with an RSA key as well: DKIM_SELECTOR_2 and DKIM_KEY_FILE_2.'),
  ]
}

/** RFC 6376 3.6.1 wants the whole SubjectPublicKeyInfo for RSA, RFC 8463 the bare 32 bytes for Ed25519. */
function publicKeyOf(key: KeyObject): { kind: string; text: string } {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return key.asymmetricKeyType === 'ed25519'
    ? { kind: 'ed25519', text: der.subarray(-32).toString('base64') }
    : { kind: 'rsa', text: der.toString('base64') }
}
