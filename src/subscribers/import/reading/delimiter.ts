/** Finds out what stands between the cells of a CSV. */

export type Delimiter = ',' | ';' | '\t' | '|'

const delimiters = [',', ';', '\t', '|'] as const

/** What a first line `sep=;` says, as spreadsheets write it; null for any other line. */
export function delimiterTold(line: string): Delimiter | null {
  const told = /^"?sep=(.)"?$/i.exec(line)?.[1]
  return delimiters.find((delimiter) => delimiter === told) ?? null
}

/** What stands most often in a header outside quotation marks; a comma where there is one column. */
export function delimiterOf(header: string): Delimiter {
  const bare = header.replaceAll(/"[^"]*"/g, '')
  const times = (delimiter: Delimiter) => bare.split(delimiter).length
  return delimiters.reduce((best, next) => (times(next) > times(best) ? next : best))
}

/** Its name in a sentence. */
export const delimiterNames: Record<Delimiter, string> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
}
