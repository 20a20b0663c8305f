/** Slips of the finger in the domain of an address: what was probably meant. Nobody is refused for one. */
import type { Address } from '../address.js'

/** Names under which a great many people have their mail, all of them below .com. */
const providers = ['gmail', 'googlemail', 'hotmail', 'outlook', 'yahoo', 'icloud', 'protonmail']

/** No top-level domains, but what fingers make of one. */
const endings: Record<string, string> = {
  ...Object.fromEntries(
    ['con', 'cmo', 'ocm', 'comm', 'coom', 'cim', 'cpm', 'vom', 'xom', 'dom', 'conm', 'comn', 'clm'].map(
      (slip) => [slip, 'com'],
    ),
  ),
  ...Object.fromEntries(['nte', 'ent', 'nett', 'met'].map((slip) => [slip, 'net'])),
  ...Object.fromEntries(['ogr', 'rog', 'orgg', 'orh'].map((slip) => [slip, 'org'])),
  ...Object.fromEntries(['eud', 'deu', 'eduu', 'edi'].map((slip) => [slip, 'edu'])),
}

/** Domains of countries, but not those of the providers above. */
const notTheirs = new Set(['co', 'cm', 'om'])

/**
 * @returns the address that was probably meant, or null: `gmial.com` and `gmail.con` mean gmail.com, while
 * `mail.com`, `yahoo.fr` and `ox.ac.uk` mean what they say.
 */
export function probablyMeant({ email, domain }: Address): string | null {
  const labels = domain.split('.')
  const last = labels.pop() ?? ''
  const name = labels.at(-1) ?? ''
  const provider =
    labels.length === 1 ? providers.find((one) => one === name || isSlip(name, one)) : undefined
  const ending = endings[last] ?? (provider && notTheirs.has(last) ? 'com' : last)
  const meant = provider && ending === 'com' ? [provider, ending] : [...labels, ending]
  const found = meant.join('.')
  return found === domain ? null : `${email.slice(0, -domain.length)}${found}`
}

/** One letter too many, too few, another or swapped with its neighbour; hardly anybody misses the first. */
function isSlip(typed: string, meant: string): boolean {
  if (typed[0] !== meant[0] || Math.abs(typed.length - meant.length) > 1) return false
  let same = 0
  while (same < meant.length && typed[same] === meant[same]) same += 1
  const rest = (text: string, from: number) => text.slice(same + from)
  return (
    rest(typed, 1) === rest(meant, 0) ||
    rest(typed, 0) === rest(meant, 1) ||
    rest(typed, 1) === rest(meant, 1) ||
    (typed[same] === meant[same + 1] && typed[same + 1] === meant[same] && rest(typed, 2) === rest(meant, 2))
  )
}
