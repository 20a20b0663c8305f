/** Whether a domain takes mail at all, as far as DNS says so; when in doubt, it does. */
import { Resolver } from 'node:dns/promises'
import { Problem } from '../../errors.js'
import type { Address } from '../address.js'
import { probablyMeant } from './slip.js'

/** What is asked of DNS; node's own resolver has it. */
export type MailDns = {
  resolveMx(domain: string): Promise<{ exchange: string }[]>
  resolve4(domain: string): Promise<string[]>
  resolve6(domain: string): Promise<string[]>
}

/** Gives up soon: a sign-up waits for it. */
export function systemMailDns(): MailDns {
  return new Resolver({ timeout: 800, tries: 1 })
}

const keptMs = 10 * 60_000
const mostKept = 2000
// RFC 2606, RFC 6761: names for documentation and tests, of which DNS says nothing that matters.
const reserved = /(^|\.)(example(\.(com|net|org))?|test|invalid|localhost)$/

const answers = new WeakMap<MailDns, Map<string, { takes: Promise<boolean>; until: number }>>()

/** @throws Problem `unprocessable` when the domain does not exist, or says that it takes no mail (RFC 7505). */
export async function requireMailDomain(dns: MailDns | null, address: Address, at: Date): Promise<void> {
  const { domain } = address
  if (!dns || reserved.test(domain) || (await keptAnswer(dns, domain, at.getTime()))) return
  const meant = probablyMeant(address)
  const hint = meant ? `Did you mean ${meant}?` : 'Did you mistype the address?'
  throw new Problem('unprocessable', `${domain} takes no mail. ${hint}`)
}

function keptAnswer(dns: MailDns, domain: string, now: number): Promise<boolean> {
  const kept = answers.get(dns) ?? new Map<string, { takes: Promise<boolean>; until: number }>()
  answers.set(dns, kept)
  const known = kept.get(domain)
  if (known && known.until > now) return known.takes
  if (kept.size >= mostKept) kept.clear()
  const takes = takesMail(dns, domain)
  kept.set(domain, { takes, until: now + keptMs })
  return takes
}

async function takesMail(dns: MailDns, domain: string): Promise<boolean> {
  const exchanges = await ask(() => dns.resolveMx(domain))
  if (exchanges === 'unsure') return true
  if (exchanges === 'no such domain') return false
  if (exchanges.length > 0) return !exchanges.every(({ exchange }) => exchange === '' || exchange === '.')
  // RFC 5321, 5.1: without MX the domain itself is the host.
  const addresses = await Promise.all([ask(() => dns.resolve4(domain)), ask(() => dns.resolve6(domain))])
  return addresses.some((found) => found === 'unsure' || (Array.isArray(found) && found.length > 0))
}

async function ask<T>(query: () => Promise<T[]>): Promise<T[] | 'no such domain' | 'unsure'> {
  try {
    return await query()
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENODATA') return []
    return code === 'ENOTFOUND' ? 'no such domain' : 'unsure'
  }
}
