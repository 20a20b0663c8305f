/** How much of a paper's words a card tells: the mail is read aloud in two minutes, see `reading-time.test.ts`. */
import { sentencesOf } from '../../format/sentences.js'
import { cutAtSentence, cutAtWord } from '../../format/truncate.js'

/** In characters: four lines of the mail, three, and two. */
const longest = { lead: 280, medium: 150, brief: 120 }

/** The lead in the authors' words, of the others what is new as a headline says it. */
export function toldOf(size: keyof typeof longest, title: string, summary: string): string {
  const whole = withoutLeadIn(summary)
  if (size === 'lead') return cutAtSentence(whole, longest.lead)
  return cutAtThought(headline(title, sentencesOf(whole)[0]?.trim() ?? ''), longest[size])
}

const leadIn =
  /^(?:To|In|Based|Building|Motivated|Inspired|Guided|Given|Here|Hence|Thus|Therefore|Accordingly|Instead|Then|Leveraging|Drawing|Following)\b(?<words>[^,.;:]{0,90}), ?(?=(?:we|this (?:paper|work|report|study)) )/
const pointsBack =
  /^$|\b(?:this|these|that|it|them|such|both|the (?:gaps?|challenges?|issues?|problems?|limitations?))\b/

/** "To address this, we propose" points to a sentence that the card doesn't have. */
function withoutLeadIn(text: string): string {
  const words = leadIn.exec(text)?.groups?.['words']
  return words !== undefined && pointsBack.test(words) ? capital(text.replace(leadIn, '')) : text
}

const announcement =
  /^(?:We|I|This (?:paper|work|(?:technical )?report|study)) (?:introduces?|presents?|proposes?) (?:(?<name>[^,.;:]{1,80}), )?(?<thing>(?:an?|the) .+)$/

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
  /(?:[\s,;:–—-]+(?:an?|the|and|or|of|in|on|for|with|to|by|from|as|at|that|which|whose|where|while|via|using|into|between|its|their|is|are|be))+…$/i

function cutAtThought(text: string, limit: number): string {
  const cut = cutAtWord(text, limit)
  return cut === text ? text : cut.replace(dangling, '…')
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
