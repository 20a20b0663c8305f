/** What of one paper a reader may follow or mute: its authors, organisation and keywords. */
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

/** What the template needs. */
export function followPage(paper: KeptPaper, interests: readonly Interest[], told: Told = {}) {
  const known = new Map(interests.map((one) => [`${one.kind} ${one.key}`, one]))
  const choice = (kind: InterestKind, label: string): Choice => {
    const isCategory = kind === 'category'
    const found = known.get(`${kind} ${isCategory ? label.toLowerCase() : foldedKey(label)}`)
    return {
      kind,
      label,
      state: found ? (found.muted ? 'muted' : 'followed') : 'neither',
      n: found?.n ?? null,
    }
  }
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
    title: 'Follow or mute',
    paper: paperView(paper),
    example: known.get(`paper ${paper.id}`) ?? null,
    groups,
    moreAuthors: paper.authors.length - authors.length,
    done: told.done ?? '',
    fault: told.fault ?? '',
  }
}

/** Where the source names no keywords, arXiv's categories stand in their place. */
const isCategory = (word: string) => /^[a-z-]{2,10}\.[A-Za-z-]{2,8}$/.test(word)
