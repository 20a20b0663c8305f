/** Takes papers as examples from what a reader pasted or uploaded. */
import { Problem } from '../../../errors.js'
import { counted } from '../../../format/readable.js'
import { knownExamples } from '../../../papers/examples/known.js'
import { referencesIn } from '../../../papers/examples/references.js'
import type { Services } from '../../../services.js'
import { addExamples } from '../../../subscribers/interests/examples.js'
import type { Fields } from '../step/request.js'

/** @returns what was taken, for the reader. @throws Problem `unprocessable` where no paper is in it. */
export async function takeExamples(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  id: number,
  fields: Fields,
) {
  const given = [fields['references'], fields['file']].filter((text) => text?.trim()).join('\n')
  if (given === '')
    throw new Problem('unprocessable', 'Please paste ids, links or references, or choose a file.')
  const { references, whole } = referencesIn(given)
  const { examples, ours, unknown } = await knownExamples(db, references)
  if (examples.length === 0) {
    throw new Problem(
      'unprocessable',
      'No paper was found in it. It takes arXiv ids and links, titles, BibTeX, RIS, and the CSV of Zotero.',
    )
  }
  const added = await db.transaction('request', (tx) => addExamples(tx, clock, id, examples))
  return [
    `${counted(added, 'new example')}: ${ours} of the ${counted(examples.length, 'paper')} found are in our archive, the others count by their own words.`,
    unknown > 0 ? `${counted(unknown, 'reference')} had neither a known id nor a title.` : '',
    whole ? '' : 'It was longer than we look at, so only its beginning was read.',
  ]
    .filter(Boolean)
    .join(' ')
}
