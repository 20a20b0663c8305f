/** Text with the words that were found in it marked, as pieces: whoever shows it escapes each piece. */

export type Marked = { text: string; hit: boolean }[]

/** Of the private use area; `unmarked` takes them out of what strangers wrote. */
const hitStart = '\uE000'
const hitEnd = '\uE001'
/** Punctuation: a letter would join the word beside it. */
const lessThan = '\u2983'

/** SQL for a text without our marks, and with `<` hidden: `ts_headline` would drop all that looks like a tag. */
export const unmarked = (column: string) =>
  `translate(${column}, '<${hitStart}${hitEnd}${lessThan}', '${lessThan}')`

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
