/** `daily-papers papers list`: the papers of a day, where each would stand, and why. */
import type { CommandModule } from 'yargs'
import { type DayPaper, papersOfDayRanked } from '../../operations/papers/day.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { type OnDay, onDay } from './options.js'

export const listCommand = (shell: Shell): CommandModule<Common, OnDay> => ({
  command: 'list',
  describe: 'The papers of a day: chosen ones in their order, then the others and why they are left out',
  builder: (yargs) =>
    onDay(yargs).example('$0 papers list --date 2026-08-06 --json', 'with every number behind each place'),
  handler: ({ date }) =>
    withServices(shell, async (services) => {
      const papers = await papersOfDayRanked(services.db, services, date)
      const lines = table(['rank', 'id', 'votes', 'title', 'why'], papers.map(rowOf))
      shell.output.result(papers, papers.length > 0 ? lines : `No papers of ${date} are kept.`)
    }),
})

const longestTitle = 60

function rowOf({
  rank,
  id,
  votes,
  title,
  note,
  detail,
  why,
  curation,
}: DayPaper): (string | number | null)[] {
  const words = curation.map(({ action, position, ordered }) =>
    position ? `${ordered ? 'at' : action} ${position}` : action,
  )
  const short = title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title
  const reason = rank === null ? [why, detail].filter(Boolean).join(': ') : note
  return [rank, id, votes, short, [...words, reason].filter(Boolean).join('; ') || null]
}
