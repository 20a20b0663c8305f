/** The page of what a reader follows and mutes. */
import { counted } from '../../../format/readable.js'
import { type InterestKind, mostExamples, mostInterests } from '../../../subscribers/interests/interest.js'
import type { Interest } from '../../../subscribers/interests/interests.js'

/** In the order in which they are shown. */
const kindNames: Record<Exclude<InterestKind, 'paper'>, { one: string; many: string; hint: string }> = {
  author: { one: 'Author', many: 'Authors', hint: 'A name as it stands on papers' },
  organisation: { one: 'Organisation', many: 'Organisations', hint: 'Such as a university or a company' },
  keyword: { one: 'Keyword', many: 'Keywords', hint: 'As papers’ pages list them' },
  words: {
    one: 'Words of your own',
    many: 'Words',
    hint: 'Papers that have all of them in title or abstract',
  },
  category: { one: 'arXiv category', many: 'Categories', hint: 'Such as cs.LG, where it is known' },
}

export type Told = { done?: string; fault?: string; kept?: { kind: string; label: string } }

/** What the template needs. @param inUse - whether the operator lets readers have editions of their own. */
export function interestsPage(interests: readonly Interest[], told: Told, inUse: boolean) {
  const others = interests.filter(({ kind }) => kind !== 'paper')
  const examples = interests.filter(({ kind }) => kind === 'paper')
  const groups = Object.entries(kindNames).flatMap(([kind, { many }]) => {
    const own = others.filter((one) => one.kind === kind)
    return own.length > 0 ? [{ heading: many, interests: own }] : []
  })
  return {
    title: 'What you follow',
    inUse,
    done: told.done ?? '',
    fault: told.fault ?? '',
    kept: told.kept ?? { kind: 'author', label: '' },
    kinds: Object.entries(kindNames).map(([value, { one, hint }]) => ({ value, label: one, hint })),
    groups,
    count: counted(others.length, 'interest'),
    examples,
    exampleCount: counted(examples.length, 'example'),
    mostInterests,
    mostExamples,
  }
}
