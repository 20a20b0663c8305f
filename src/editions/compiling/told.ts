/** How much of a paper's words a card tells: the mail is read aloud in two minutes, see `reading-time.test.ts`. */
import { sentencesOf } from '../../format/sentences.js'
import { capital } from '../../format/readable.js'
import { cutAtWord } from '../../format/truncate.js'

/** In characters; a sentence that is hardly longer stays whole. */
const longest = { medium: 104, brief: 78 }
const leeway = 12

/** The lead tells two sentences where they are short, otherwise one that may be longer. */
const longestLead = { both: 200, one: 260 }

/** The lead in the authors' words, of the others what is new as a headline says it. */
export function toldOf(size: 'lead' | keyof typeof longest, title: string, summary: string): string {
  const whole = withoutLeadIn(summary)
  const sentences = sentencesOf(whole).map((sentence) => sentence.trim())
  const [first = '', second = ''] = sentences
  if (size === 'lead')
    return second && whole.length <= longestLead.both ? whole : cutAtThought(first, longestLead.one)
  const line = headline(title, first)
  const better = second && !tellsMore(title, line) && !onlyAfter.test(second) ? headline(title, second) : ''
  return cutAtThought(tellsMore(title, better) ? better : line, longest[size])
}

const leadIn =
  /^(?:To|For|In|Based|Building|Motivated|Inspired|Guided|Given|Here|Hence|Thus|Therefore|Accordingly|Instead|Then|Leveraging|Drawing|Following)\b(?<words>[^,.;:]{0,90}), ?(?=(?:we|this (?:paper|work|report|study)) )/
const pointsBack =
  /^$|\b(?:this|these|that|it|them|such|both|the (?:gaps?|challenges?|issues?|problems?|limitations?))\b/

/** "To address this, we propose" points to a sentence that the card doesn't have. */
function withoutLeadIn(text: string): string {
  const words = leadIn.exec(text)?.groups?.['words']
  return words !== undefined && pointsBack.test(words) ? capital(text.replace(leadIn, '')) : text
}

const announcement =
  /^(?:We|I|This (?:paper|work|(?:technical )?report|study)) (?:introduces?|presents?|proposes?) (?:(?<name>(?:[^,.;:]|\.(?=\d)){1,80})?, )?(?<thing>(?:an?|the) .+)$/

/** More verbs of the same "we". */
const goesOn =
  /\b(?:and|then) (?:also |further )?(?:we|show|demonstrate|find|prove|evaluate|analy|study|use|apply|derive)/

/** "We propose NAME, a method that …" as "A method that …" where the title has the name already. */
function headline(title: string, sentence: string): string {
  const { name, thing } = announcement.exec(sentence)?.groups ?? {}
  if (thing === undefined || goesOn.test(thing)) return sentence
  if (name === undefined || has(title, name.replace(/ ?\([^)]*\)$/, ''))) return capital(thing)
  return /^(?:an?|the) /.test(name) || !/^[\p{Lu}\d]/u.test(name) ? sentence : `${name}, ${thing}`
}

const has = (title: string, name: string) => title.toLowerCase().includes(name.toLowerCase().trim())

const dangling =
  /(?:[\s,;:–—-](?:an?|the|and|or|of|in|on|for|with|without|to|by|from|as|at|that|which|whose|where|while|via|using|through|into|under|across|between|its|their|is|are|be)?)+…$/i

/** A cut ends before words like these, if that leaves most of it: what stands before them is whole. */
const joints =
  /,(?= )|,? (?:that|which|whose|where|while|by|through|via|using|with|without|for|from|into|across|under|and|because|when|as)(?= )/g
const leastKept = 0.7

function cutAtThought(text: string, limit: number): string {
  if (text.length <= limit + leeway) return text
  const cut = cutAtWord(text, limit)
  const joint = Array.from(cut.matchAll(joints), ({ index }) => index).findLast(
    (at) => at >= leastKept * limit,
  )
  return (joint === undefined ? cut : `${cut.slice(0, joint)}…`).replace(dangling, '…')
}

/** Understood only with the sentence before it. */
const onlyAfter =
  /^(?:It|Its|They|These|This|Such|Both|Each|Specifically|In particular|Concretely|Here|Then|Our)\b|:\s/

/** "A benchmark for clocks" below "ClockBench: A Benchmark for Clocks" tells nothing. */
function tellsMore(title: string, line: string): boolean {
  const known = new Set(wordsOf(title))
  return wordsOf(line).filter((word) => word.length > 3 && !known.has(word)).length >= 3
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []
