/** The page of what comes back. */
import { columnValues } from '../../../db/queries/columns.js'
import { listUnplaced, listVerdicts, sumVerdicts } from '../../../operations/bounces.js'
import { type DashboardPage, filled, pageSize } from '../parts/page.js'

const { kind: kinds, class: classes } = columnValues.verdict
const unplacedShown = 20

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
    unplaced: await listUnplaced(db, unplacedShown),
    kinds,
    classes,
  }),
}
