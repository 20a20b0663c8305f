/** The page of what comes back. */
import { columnValues } from '../../../db/queries/columns.js'
import { listUnplaced, listVerdicts, sumVerdicts } from '../../../operations/bounces.js'
import {
  complaintRates,
  complaintShares,
  returnsByDay,
  returnsByRelay,
} from '../../../operations/figures/returns.js'
import { type DashboardPage, filled, pageSize } from '../parts/page.js'

const { kind: kinds, class: classes } = columnValues.verdict
const unplacedShown = 20
const ratesShown = 30

export const bouncePage: DashboardPage = {
  path: '/bounces',
  title: 'Bounces and complaints',
  template: 'bounces',
  scope: 'bounces:read',
  load: async ({ db, clock }, asked) => ({
    ...(await listVerdicts(db, {
      ...filled(asked, 'domain', 'cursor'),
      kind: kinds.find((kind) => kind === asked.kind),
      class: classes.find((one) => one === asked.reason),
      limit: pageSize,
    })),
    sums: await sumVerdicts(db, clock.now()),
    days: await returnsByDay(db, asked.days, clock.now()),
    rates: (await complaintRates(db, asked.days, clock.now())).slice(0, ratesShown),
    relays: await returnsByRelay(db, asked.days, clock.now()),
    bounds: complaintShares,
    unplaced: await listUnplaced(db, unplacedShown),
    kinds,
    classes,
  }),
}
