/** What the tags of a DMARC record may hold (RFC 7489 6.3 and 6.4). */
import { advice, type Finding, fault } from './finding.js'
import type { Tags } from './tags.js'

const policy = /^(?:none|quarantine|reject)$/i

const uris = /^\s*[a-z][a-z0-9+.-]*:[^\s,]+(?:\s*,\s*[a-z][a-z0-9+.-]*:[^\s,]+)*$/i

/** What each tag may hold (RFC 7489 6.3), and whether the record is lost with another value or falls back. */
const forms: [tag: string, form: RegExp, words: string, lost: boolean][] = [
  ['p', policy, 'none, quarantine or reject', true],
  ['sp', policy, 'none, quarantine or reject', true],
  ['rua', uris, 'URIs such as mailto:a@b.example', true],
  ['ruf', uris, 'URIs such as mailto:a@b.example', true],
  ['adkim', /^[rs]$/i, 'r or s', false],
  ['aspf', /^[rs]$/i, 'r or s', false],
  ['pct', /^(?:100|\d{1,2})$/, 'a number from 0 to 100', false],
  ['ri', /^\d{1,10}$/, 'a number of seconds', false],
  ['fo', /^[01ds](?:\s*:\s*[01ds])*$/i, '0, 1, d, s', false],
]

/** The first that is wrong; null when none is. */
export function faultOf(owner: string, tags: Tags): Finding | null {
  for (const [tag, form, words, lost] of forms) {
    const value = tags.get(tag)
    if (value === undefined || form.test(value)) continue
    const found = `the record of ${owner} says ${tag}=${value}`
    return (lost ? fault : advice)('DMARC', found, `Let ${tag} be ${words}.`)
  }
  if (tags.has('p')) return null
  const found = `the record of ${owner} has no p=: by RFC 7489 it does not count`
  return advice('DMARC', found, 'Put p=none behind v=DMARC1.')
}
