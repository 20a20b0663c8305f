/** An address as people type or paste it. */

/** `mailto:a@b`, `<a@b>` and `Name <a@b>` (RFC 6068, RFC 5322 3.4) are what stands in them; all else stays as it is. */
export function typedAddress(text: string): string {
  const given = withoutScheme(text.trim())
  const [, inBrackets] = /^[^<>]*<([^<>]*)>$/.exec(given) ?? []
  return (inBrackets ?? given).trim()
}

function withoutScheme(text: string): string {
  const [, address] = /^mailto:([^?]*)/i.exec(text) ?? []
  if (address === undefined) return text
  try {
    return decodeURIComponent(address)
  } catch {
    return address
  }
}
