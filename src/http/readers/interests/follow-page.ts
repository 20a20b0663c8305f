/** What a reader may follow or mute of one paper, or of what they searched for. */
import { firstWithin } from '../../../format/within.js'
import type { KeptPaper } from '../../../papers/reads.js'
import { foldedKey } from '../../../format/text/folded-key.js'
import type { InterestKind } from '../../../subscribers/interests/interest.js'
import type { Interest } from '../../../subscribers/interests/interests.js'
import { paperView } from '../../public/queries/paper-view.js'
import type { Told } from './interests-page.js'

/** Bytes: the names of five hundred people. */
const roomForAuthors = 10_000

type Choice = { kind: InterestKind; label: string; state: 'followed' | 'muted' | 'neither'; n: number | null }

/** @returns how it is with a name: whether the reader follows or mutes it. */
function choiceAmong(interests: readonly Interest[]) {
  const known = new Map(interests.map((one) => [`${one.kind} ${one.key}`, one]))
  return (kind: InterestKind, label: string): Choice => {
    const isCategory = kind === 'category'
    const found = known.get(`${kind} ${isCategory ? label.toLowerCase() : foldedKey(label)}`)
    return {
      kind,
      label,
      state: found ? (found.muted ? 'muted' : 'followed') : 'neither',
      n: found?.n ?? null,
    }
  }
}

export type Subject = { paper: KeptPaper } | { name: string }

/** What the template needs. */
export function followPage(subject: Subject, interests: readonly Interest[], told: Told = {}) {
  const choice = choiceAmong(interests)
  const about = 'paper' in subject ? aboutPaper(subject.paper, choice) : aboutName(subject.name, choice)
  const { id } = about.paper ?? {}
  return {
    title: 'Follow or mute',
    ...about,
    example: interests.find(({ kind, key }) => kind === 'paper' && key === id) ?? null,
    done: told.done ?? '',
    fault: told.fault ?? '',
  }
}

type Choose = ReturnType<typeof choiceAmong>

/** `back` leads to the same page after a button was pressed. */
function aboutPaper(paper: KeptPaper, choice: Choose) {
  const authors = firstWithin(roomForAuthors, paper.authors, 2)
  const keywords = paper.keywords.map((word) => choice(isCategory(word) ? 'category' : 'keyword', word))
  const groups = [
    { heading: 'Authors', choices: authors.map((name) => choice('author', name)) },
    {
      heading: 'Organisation',
      choices: paper.organisation ? [choice('organisation', paper.organisation)] : [],
    },
    { heading: 'Keywords', choices: keywords },
  ].filter(({ choices }) => choices.length > 0)
  return {
    paper: paperView(paper),
    back: { name: 'paper', value: paper.id },
    groups,
    moreAuthors: paper.authors.length - authors.length,
  }
}

const aboutName = (name: string, choice: Choose) => ({
  paper: null,
  back: { name: 'name', value: name },
  groups: nameKinds.map(({ kind, heading }) => ({ heading, choices: [choice(kind, name)] })),
  moreAuthors: 0,
})

const nameKinds: { kind: InterestKind; heading: string }[] = [
  { kind: 'words', heading: 'Papers with all these words in title or abstract' },
  { kind: 'author', heading: 'Papers by an author of this name' },
  { kind: 'organisation', heading: 'Papers from an organisation of this name' },
  { kind: 'keyword', heading: 'Papers with this keyword' },
]

/** Where the source names no keywords, arXiv's categories stand in their place. */
const isCategory = (word: string) => /^[a-z-]{2,10}\.[A-Za-z-]{2,8}$/.test(word)
