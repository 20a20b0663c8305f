/** Which edition a command is about: that of a day, or of the week in which the day lies. */
import type { Argv } from 'yargs'
import type { Day } from '../../clock.js'
import type { Db } from '../../db/client.js'
import type { EditionKind } from '../../editions/edition.js'
import { periodOf } from '../../editions/choosing/period.js'
import { type Edition, readEdition } from '../../editions/store.js'
import { Problem } from '../../errors.js'
import { readDay } from '../shell/days.js'
import type { Common } from '../shell/shell.js'

export type Which = Common & { date: Day; kind: EditionKind }

const kinds: EditionKind[] = ['daily', 'weekly']

export const whichEdition = (yargs: Argv<Common>): Argv<Which> =>
  yargs
    .option('date', {
      type: 'string',
      demandOption: true,
      coerce: readDay,
      describe: 'The day of its papers, in UTC',
    })
    .option('kind', {
      choices: kinds,
      default: 'daily' as const,
      describe: 'weekly: of the week with that day',
    })

export const periodAsked = ({ kind, date }: Pick<Which, 'kind' | 'date'>): string => periodOf(kind, date)

/** @throws Problem `not-found` */
export async function requireEdition(db: Db, which: Pick<Which, 'kind' | 'date'>): Promise<Edition> {
  const period = periodAsked(which)
  const edition = await readEdition(db, which.kind, period)
  if (edition) return edition
  throw new Problem(
    'not-found',
    `There is no ${which.kind} edition of ${period}. Build it: daily-papers edition build`,
  )
}

/** One line about an edition. */
export function editionLine({ kind, period, number, status, reason, papers }: Edition): string {
  const named = `${kind} edition of ${period}${number === null ? '' : ` (no. ${number})`}`
  const count = papers ? `, ${papers.length} papers` : ''
  return `${named}: ${status}${count}${reason ? `: ${reason}` : ''}`
}
