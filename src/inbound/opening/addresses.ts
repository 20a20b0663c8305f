/** Finds addresses in the text of reports. */

const atom = String.raw`[\p{L}\p{N}!#$%&*+/=?^_{|}~.-]{1,64}|[\p{L}\p{N}!#$%&*+/=?^_{|}~.'-]{1,64}`
const domain = String.raw`(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]{0,62})\.){0,8}[\p{L}\p{N}](?:[\p{L}\p{N}_-]{0,62})`

/** An address as texts have it, without brackets. The length of each piece is bounded, so that it can't be slow. */
export const addressPattern = String.raw`(?:(?:"[^"\s@]{1,64}"|${atom})@${domain})`

const whole = new RegExp(addressPattern, 'u')
const every = new RegExp(addressPattern, 'gu')

/** The first address in the text, without `mailto:` and brackets; null when there is none. */
export function addressIn(text: string): string | null {
  return tidy(whole.exec(text.slice(0, 1_000))?.[0])
}

/** All addresses in the text, each once, in their order. */
export function addressesIn(text: string): string[] {
  const found = (text.match(every) ?? []).map(tidy)
  return [...new Set(found.filter((address) => address !== null))]
}

function tidy(address: string | undefined): string | null {
  if (address === undefined || address.length > 320) return null
  const tidied = address.replace(/^(?:mailto:|smtp[:=])/i, '').replace(/^['.=]+/, '')
  return tidied.includes('@') && !tidied.startsWith('@') ? tidied : null
}

/** Postmasters, mail programs and desks for help: named in reports, and never the recipient. */
export const isOfStaff = (address: string) =>
  /^(?:postmaster|mailer-daemon|mailer_daemon|maildaemon|mdaemon|abuse|root|hostmaster|support|helpdesk|help|info-?mail|no-?reply|noc|admin)@/i.test(
    address,
  )
