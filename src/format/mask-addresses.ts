/** Takes addresses out of free text, such as what a relay replied or an operator typed. */

/** What stands in place of an address. No address check takes it for one. */
const maskedAddress = '[address]'

// Runs are bounded, so that a long text without an @ costs no more than its length.
const word = String.raw`[^\s<>()[\]{}"',;:]{1,320}`
const address = new RegExp(
  String.raw`(?:"[^"\r\n]{0,320}"|${word})(?:@|%40|＠)(?:\[[^\]\s]{0,320}\]|${word})`,
  'giu',
)

/** Most texts have none, and need no closer look. */
const at = /@|%40|＠/

/** The text with {@link maskedAddress} for each address, be it bare, quoted, of a literal or percent-encoded. */
export function maskAddresses(text: string): string {
  return at.test(text) ? text.replaceAll(address, maskedAddress) : text
}

/** Finds that address and none that ends or begins like it: an expression for Postgres and, without `u`, for JavaScript. */
export function addressPattern(email: string): string {
  const literal = email.replaceAll(/[^\p{L}\p{N}@_-]/gu, String.raw`\$&`)
  return String.raw`(?<![\w.+-])${literal}(?![\w-]|\.\w)`
}
