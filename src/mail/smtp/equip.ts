/** What a relay of MAIL_URL gets from the other settings: our name, and tokens to log in with. */
import { isIP } from 'node:net'
import type { Config } from '../../config/config.js'
import { parseRelayUrl, type RelaySettings } from '../../config/relay-url.js'
import { AccessTokens } from '../../network/access-token.js'

export type EquippedRelay = RelaySettings & {
  /** Where access tokens for XOAUTH2 come from. */
  tokens?: AccessTokens | null
}

/** The relays of MAIL_URL in their order. */
export function relaysOf({
  mailUrls = [],
  publicUrl,
  oauth,
}: Pick<Config, 'mailUrls' | 'publicUrl' | 'oauth'>): EquippedRelay[] {
  const tokens = oauth && new AccessTokens(oauth)
  const name = helloName(publicUrl)
  return mailUrls.map(parseRelayUrl).map((relay) => ({ ...(name && { clientName: name }), ...relay, tokens }))
}

/**
 * What to say in EHLO (RFC 5321 4.1.1.1): relays refuse the `[127.0.0.1]` that a container's name comes to.
 * Nothing for localhost, where the machine's own name is the better one.
 */
function helloName(publicUrl: string): string | null {
  const host = new URL(publicUrl).hostname
  if (host === 'localhost') return null
  const address = host.replace(/^\[|\]$/g, '')
  if (isIP(address) === 0) return host
  return isIP(address) === 4 ? `[${address}]` : `[IPv6:${address}]`
}
