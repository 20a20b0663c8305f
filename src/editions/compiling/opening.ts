/** The line above the papers that says what is among them. */
import { oneLine } from '../../format/text/one-line.js'
import type { ShownPaper } from '../edition.js'

const numbers = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** Words that are in titles of every field. */
const common = new Set(
  `about across adaptive approach based benchmark benchmarking better beyond data dataset deep efficient enabling enhanced
   evaluating evaluation exploring fast framework from general generation high into improving introducing language large
   learning long method model modeling models more multi native network networks neural open paper recursive report
   rethinking revisiting robust scalable scaling self simple study survey system systems task tasks technical that
   their through time toward towards training understanding unified using very what when where which with without
   world your`.split(/\s+/),
)

/** Fewer titles with a word are no topic. */
const fewestOfTopic = 3

/** `8 of 10 with code, three on agents.`; empty where neither can be said. */
export function openingOf(papers: readonly ShownPaper[]): string {
  const withCode = papers.filter(({ codeUrl }) => codeUrl).length
  const topic = topicOf(papers)
  const phrases = [
    withCode >= 2 ? `${withCode} of ${papers.length} with code` : '',
    topic ? `${numbers[topic.count] ?? topic.count} on ${topic.word}` : '',
  ].filter(Boolean)
  if (phrases.length === 0) return ''
  const line = phrases.join(', ')
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`
}

/** The word that most titles have, as it is written most often. */
function topicOf(papers: readonly ShownPaper[]): { word: string; count: number } | null {
  const spellings = new Map<string, string[]>()
  for (const { title } of papers) {
    const own = new Map(
      (
        oneLine(title)
          .toLowerCase()
          .match(/\p{L}{4,}/gu) ?? []
      ).map((word) => [singular(word), word]),
    )
    for (const [stem, word] of own) {
      if (!common.has(word) && !common.has(stem)) spellings.set(stem, [...(spellings.get(stem) ?? []), word])
    }
  }
  const [most] = [...spellings.values()].toSorted((a, b) => b.length - a.length)
  if (!most || most.length < fewestOfTopic || most.length > papers.length / 2) return null
  // "Three on agents" reads better than "three on agent".
  const word = most.find((one) => one.endsWith('s')) ?? most[0] ?? ''
  return { word, count: most.length }
}

const singular = (word: string) => word.replace(/(?<=\p{L}{3})s$/u, '')
