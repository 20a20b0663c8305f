/** Text with the words that were found in it marked, as pieces: whoever shows it escapes each piece. */

export type Marked = { text: string; hit: boolean }[]

/** Control characters, of which kept text has none, see `text.ts`. */
const hitStart = '\u0001'
const hitEnd = '\u0002'
const lessThan = '\u0003'

/** SQL for a text in which `<` is hidden: `ts_headline` would drop all that looks like a tag. */
export const withoutTags = (column: string) => `translate(${column}, '<', '${lessThan}')`

/** For `ts_headline`: its marks are no markup, so that markup in the text stays text. */
export const headlineOptions = {
  whole: `HighlightAll=true, StartSel=${hitStart}, StopSel=${hitEnd}`,
  snippet: `MaxFragments=2, MaxWords=24, MinWords=10, FragmentDelimiter=" … ", StartSel=${hitStart}, StopSel=${hitEnd}`,
}

export function readMarked(headline: string): Marked {
  const pieces: Marked = []
  for (const part of headline.replaceAll(lessThan, '<').split(hitStart)) {
    const end = part.indexOf(hitEnd)
    if (end >= 0) pieces.push({ text: part.slice(0, end), hit: true })
    pieces.push({ text: part.slice(end + 1).replaceAll(hitEnd, ''), hit: false })
  }
  return pieces.filter((piece) => piece.text !== '')
}

/** A snippet that says where it was cut: `…` before what does not begin the text, and after what ends no sentence. */
export function withEllipses(snippet: Marked, whole: string): Marked {
  const text = snippet.map((piece) => piece.text).join('')
  const fragments = text.split(' … ')
  const [first = ''] = fragments
  const begins = whole.trimStart().startsWith(first.trim())
  const ends = /[.!?]["”’)]*$/.test(text.trim()) || whole.trimEnd().endsWith((fragments.at(-1) ?? '').trim())
  return [
    ...(begins ? [] : [{ text: '… ', hit: false }]),
    ...snippet,
    ...(ends ? [] : [{ text: '\u00A0…', hit: false }]),
  ]
}
