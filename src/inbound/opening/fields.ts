/** Header-like fields, as mails and the machine-readable parts of reports have them. */

/** Names in lower case; of a repeated field `get` gives the first. */
export type Fields = {
  get(name: string): string | undefined
  all(name: string): string[]
  size: number
}

const fieldsRead = 2_000

/** Reads one block of fields; lines that are none are passed over. */
export function parseFields(block: string): Fields {
  const fields = new Map<string, string[]>()
  const lines = block
    .replaceAll('\r', '')
    .replaceAll(/\n[ \t]+/g, ' ')
    .split('\n', fieldsRead)
  for (const line of lines) {
    const [, name, value = ''] = /^>?([A-Za-z][\w-]{0,70})[ \t]*:[ \t]*(.*)$/.exec(line) ?? []
    if (name === undefined) continue
    const key = name.toLowerCase()
    fields.set(key, [...(fields.get(key) ?? []).slice(0, 99), value.trim()])
  }
  return {
    get: (name) => fields.get(name)?.[0],
    all: (name) => fields.get(name) ?? [],
    size: fields.size,
  }
}

/** The blocks of a part that are parted by empty lines, such as those of a delivery status (RFC 3464). */
export function parseBlocks(content: string): Fields[] {
  return content
    .replaceAll('\r', '')
    .split(/\n[ \t]*\n/, fieldsRead)
    .map(parseFields)
    .filter(({ size }) => size > 0)
}
