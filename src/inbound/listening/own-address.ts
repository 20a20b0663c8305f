/** Which recipients are ours: the return address and the one to leave by, with or without a token. */
import { leaveLocal } from '../../deliveries/composing/own-addresses.js'

export function isOwnAddress(returnAddress: string, recipient: string): boolean {
  const [local = '', domain = ''] = split(returnAddress)
  const [given = '', givenDomain] = split(recipient)
  return givenDomain === domain && [local, leaveLocal].includes(given.split('+')[0] ?? '')
}

function split(address: string): string[] {
  const at = address.lastIndexOf('@')
  return [address.slice(0, Math.max(at, 0)).toLowerCase(), address.slice(at + 1).toLowerCase()]
}
