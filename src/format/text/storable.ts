/** Text that Postgres can store, also within JSON: without NUL, and without a surrogate that has lost its other half. */
const unfit = /\0|\p{Cs}/u
const allUnfit = /\0|\p{Cs}/gu

export function isStorable(text: string): boolean {
  return !unfit.test(text)
}

/** The text without what cannot be stored. */
export function storable(text: string): string {
  return text.replaceAll(allUnfit, '')
}

/** As `JSON.stringify` writes what cannot be stored; a text that only looks like it costs a second look. */
const unfitEscape = /\\u(?:0000|d[89a-f])/

/** JSON of the value, without what cannot be stored in any of its texts: those that were cut may end in half a pair. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value)
  if (!unfitEscape.test(text)) return text
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? storable(inner) : inner))
}
