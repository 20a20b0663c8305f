/** The pages of papers: those of a day in their order, and one of them. */
import { lastClosedDay, addDays } from '../../../clock.js'
import { latestDay } from '../../../papers/reads.js'
import { readEdition } from '../../../editions/store.js'
import { papersOfDayRanked } from '../../../operations/papers/day.js'
import { readForEditor } from '../../../operations/papers/read.js'
import type { DashboardPage } from '../parts/page.js'

const scope = 'papers:read'

export const paperPages: DashboardPage[] = [
  {
    path: '/papers',
    title: 'Papers',
    template: 'papers',
    scope,
    load: async (services, { date }) => {
      const last = lastClosedDay(services.clock.now())
      const newest = await latestDay(services.db)
      // On a weekend the day before is of more use.
      const day = date || (newest && newest < last ? newest : last)
      const papers = await papersOfDayRanked(services.db, services, day)
      return {
        day,
        before: addDays(day, -1),
        edition: await readEdition(services.db, 'daily', day),
        after: day < last ? addDays(day, 1) : null,
        chosen: papers.filter(({ rank }) => rank !== null),
        others: papers.filter(({ rank }) => rank === null),
      }
    },
  },
  {
    path: '/papers/:paper',
    title: 'Paper',
    template: 'paper',
    scope,
    within: '/papers',
    load: async ({ db }, { paper }) => {
      return { paper: await readForEditor(db, paper) }
    },
  },
]
