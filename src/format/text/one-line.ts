/** The one way a text becomes a single line. */

/** Control and bidirectional override characters out, runs of white space to one blank. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cs}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}
