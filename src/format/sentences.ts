/** Splits running English text into sentences. */
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/** Endings after which a capital letter does not begin a new sentence. */
const abbreviation =
  /(?:^|[\s(])(?:et al|e\.g|i\.e|cf|vs|Fig|Figs|Eq|Eqs|Sec|Tab|No|Dr|Prof|approx|resp|[A-Z])\.\s*$/

/** The sentences in order, each with the blank that follows it; together they are the text. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = []
  let open = ''
  for (const { segment } of segmenter.segment(text)) {
    open += segment
    if (abbreviation.test(open)) continue
    sentences.push(open)
    open = ''
  }
  return open ? [...sentences, open] : sentences
}
