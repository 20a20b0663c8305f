/** Why a paper is in a reader's edition, in a few words. */
import { countTold } from '../../../format/readable.js'
import { oneLine } from '../../../format/text/one-line.js'
import type { Chosen } from '../../../papers/personal/choosing/causes.js'
import type { ShownPaper } from '../../edition.js'
import { openCutter } from './cut-titles.js'

const cut = openCutter(70)

/** @param label - of what the cause names; undefined where the reader has taken it away since. */
export function whyOf({ cause }: Chosen, { votes, note }: ShownPaper, label: string | undefined): string {
  const upvotes = countTold(votes, 'upvote')
  const by = upvotes && `: ${upvotes}`
  const named = label === undefined ? undefined : cut(label)
  switch (cause) {
    case 'author':
      return named ? `By ${named}, whom you follow` : 'By an author you follow'
    case 'organisation':
      return named ? `From ${named}, which you follow` : 'From an organisation you follow'
    case 'keyword':
    case 'category':
    case 'words':
      return named ? `${named}, which you follow` : 'On a topic you follow'
    case 'liked':
      return named ? `Like “${named}”, which you liked` : 'Like papers you liked'
    case 'example':
      return named ? `Like “${named}”, one of your examples` : 'Like one of your examples'
    case 'surprise':
      return `Not your field${by}`
    default:
      return note ? oneLine(note) : `Everybody’s choice${by}`
  }
}
