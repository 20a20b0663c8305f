/** Lists of `name=value;` as DKIM and DMARC have them (RFC 6376 3.2). */

export type Tags = ReadonlyMap<string, string>

/** Values without blanks around them; names in lower case. Null for a text that is no such list, or has a tag twice. */
export function parseTags(text: string): Tags | null {
  const tags = new Map<string, string>()
  const parts = text.split(';')
  if (parts.at(-1)?.trim() === '') parts.pop()
  for (const part of parts) {
    const [, name, value] = /^\s*([a-z][a-z0-9_]*)\s*=\s*(.*?)\s*$/is.exec(part) ?? []
    if (name === undefined || value === undefined || tags.has(name.toLowerCase())) return null
    tags.set(name.toLowerCase(), value)
  }
  return tags
}

/** The items of a value with colons between them. */
export const itemsOf = (value: string): string[] => value.split(':').map((item) => item.trim().toLowerCase())
