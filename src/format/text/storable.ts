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
