/** Domains of throw-away mail services: worth a flag, no reason to refuse anybody. */
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'

let known: Set<string> | undefined

/** True also for names below a listed one. */
export function isDisposable(domain: string): boolean {
  known ??= disposableEmailBlocklistSet()
  const labels = domain.split('.')
  return labels.some((_, i) => i < labels.length - 1 && known?.has(labels.slice(i).join('.')))
}
