/** What is looked at in each sentence of an abstract to tell which one says what the paper does. */
import { cues, emptyWords } from './cues.js'

/** Named numbers between 0 and 1. */
export type Features = Record<string, number>

/** Words of a title that tell nothing apart. */
const common = new Set(
  'the a an of for and in on to with via by from is are at as large language models model learning'.split(
    ' ',
  ),
)

/** @param sentences - of the abstract, in order. */
export function featuresOf(title: string, sentences: string[]): Features[] {
  const name = lettersOf(nameIn(title))
  const topic = new Set(wordsOf(title).filter((word) => word.length > 2 && !common.has(word)))
  let named = false
  let announced = false
  let emptyBefore = false
  return sentences.map((sentence, index) => {
    const found = Object.entries(cues).map(([cue, pattern]) => [cue, Number(pattern.test(sentence))])
    const has: Features = Object.fromEntries(found)
    const namesIt = name.length >= 3 && lettersOf(sentence).includes(name)
    const announces = has['announce'] === 1
    const empty = announces && sentence.length < 95 && has['coinedName'] === 0 && emptyWords.test(sentence)
    const position = index / Math.max(1, sentences.length - 1)
    const features = {
      ...has,
      firstNaming: Number(namesIt && !named),
      announcedByName: Number(announces && namesIt),
      firstAnnouncement: Number(announces && !announced),
      afterAnnouncement: Number(announced),
      empty: Number(empty),
      afterEmpty: Number(emptyBefore),
      titleWords: sharedWith(topic, sentence) / Math.max(3, topic.size),
      opening: Number(index === 0),
      openingAnnouncement: Number(index === 0 && announces),
      last: Number(index === sentences.length - 1),
      position,
      late: Number(position > 0.6),
      brief: Number(sentence.length < 80),
      long: Number(sentence.length > 260),
    }
    named ||= namesIt
    announced ||= announces
    emptyBefore = empty
    return features
  })
}

/** `Nexus` of `Nexus: An Agentic Framework`; otherwise the first word that looks like a coined name. */
function nameIn(title: string): string {
  const head = /^([^:]{2,60}):/.exec(title)?.[1]?.trim() ?? ''
  const isName = head !== '' && head.split(/\s+/).length <= 4
  const name = isName ? head : (/\b(?=\w*[A-Z]\w*[A-Z])[\w-]{3,}\b/.exec(title)?.[0] ?? '')
  return name.replace(/\s*\d+(?:\.\d+)*$/, '')
}

function sharedWith(topic: Set<string>, sentence: string): number {
  return new Set(wordsOf(sentence).filter((word) => topic.has(word))).size
}

const wordsOf = (text: string) => text.toLowerCase().match(/[a-z0-9][a-z0-9-]+/g) ?? []

const lettersOf = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
