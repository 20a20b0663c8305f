/** What a reader may follow or mute, and what makes two interests the same. */
import { type ColumnValue, columnValues } from '../../db/queries/columns.js'
import { Problem } from '../../errors.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import { foldedKey } from '../../format/text/folded-key.js'
import { oneLine } from '../../format/text/one-line.js'

export const interestKinds = columnValues.interest.kind
export type InterestKind = ColumnValue<'interest', 'kind'>

/** So many things a reader may follow or mute, and so many papers they may name as examples. */
export const mostInterests = 100
export const mostExamples = 300

/** Characters of a name or of words. */
export const longestLabel = 120

export type Wanted = { kind: InterestKind; label: string; muted: boolean }

/** One that fits into the table. */
export type Named = { kind: InterestKind; key: string; label: string }

// https://arxiv.org/category_taxonomy: an archive, or an archive and a subject class.
const category = /^[a-z]{2,8}(?:-[a-z]{2,4})?(?:\.[A-Za-z]{2}(?:-[a-z]{2,4})?|\.[a-z-]{2,10})?$/

/** @throws Problem `unprocessable` for what nobody can follow, in words for the reader. */
export function namedOf({ kind, label }: Pick<Wanted, 'kind' | 'label'>): Named {
  const shown = oneLine(maskAddresses(label.replaceAll(/\p{Cc}/gu, ' '))).trim()
  if (shown === '') refuse('Please write what you would like to follow or mute.')
  if (shown.length > longestLabel)
    refuse(`At most ${longestLabel} characters, please: a few words find more.`)
  if (kind === 'category') {
    if (!category.test(shown)) refuse('A category of arXiv is written as cs.LG, math.ST or quant-ph.')
    return { kind, key: shown.toLowerCase(), label: shown }
  }
  const key = foldedKey(shown)
  if (key === '' || (kind === 'words' && key.length < 2)) refuse('Please write at least one whole word.')
  return { kind, key, label: shown }
}

function refuse(detail: string): never {
  throw new Problem('unprocessable', detail)
}
