/** Header fields in their relaxed form (RFC 6376 3.4.2). */

export type RelaxedHeader = { name: string; line: string }

/** Names in lower case, folds undone, runs of blanks made one. */
export function relaxHeaders(header: Buffer): RelaxedHeader[] {
  const lines = header
    .toString('utf8')
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).trimEnd().toLowerCase()
      return { name, line: `${name}:${relaxValue(line.slice(colon + 1))}` }
    })
}

export function relaxValue(value: string): string {
  return value.replaceAll(/[ \t]+/g, ' ').trim()
}
