/** The pages of readers: found, one of them with its history, added and imported, suppressed. */
import { keyNames } from '../../../operations/audit.js'
import { listVerdicts } from '../../../operations/bounces.js'
import { importFields } from '../../../subscribers/import/reading/columns.js'
import { listRuns } from '../../../operations/import/runs.js'
import { countSubscribers, listSubscribers } from '../../../operations/subscribers/list.js'
import { readHistory, readSubscriber } from '../../../operations/subscribers/read.js'
import { listSuppressions } from '../../../operations/suppressions.js'
import { type DashboardPage, filled, pageSize } from '../parts/page.js'
import { timelineOf } from '../parts/timeline.js'

const scope = 'subscribers:read'
export const subscriberPages: DashboardPage[] = [
  {
    path: '/subscribers',
    title: 'Subscribers',
    template: 'subscribers',
    scope,
    load: async ({ db }, asked) => ({
      ...(await listSubscribers(db, {
        ...filled(asked, 'q', 'status', 'frequency', 'cursor'),
        sort: asked.sort || '-createdAt',
        limit: pageSize,
      })),
      counts: await countSubscribers(db),
    }),
  },
  {
    path: '/subscribers/add',
    title: 'Add and import subscribers',
    template: 'add-subscribers',
    scope: 'subscribers:write',
    within: '/subscribers',
    load: async ({ db, clock }) => {
      const imports = await listRuns(db, { before: null, limit: 20 }, clock.now())
      const names = await keyNames(
        db,
        imports.map(({ who }) => who),
      )
      return {
        imports: imports.map((run) => ({ ...run, whoName: names.get(run.who) })),
        fields: importFields,
      }
    },
  },
  {
    path: '/subscribers/:id',
    title: 'Subscriber',
    template: 'subscriber',
    scope,
    within: '/subscribers',
    load: async ({ db }, { id }) => {
      const subscriber = await readSubscriber(db, id)
      const { items: returns } = await listVerdicts(db, { subscriberId: id, limit: 100 })
      const undoers = returns.flatMap(({ undoneBy }) => undoneBy ?? [])
      const names = await keyNames(db, undoers)
      return { subscriber, events: timelineOf(await readHistory(db, id), returns, names) }
    },
  },
  {
    path: '/suppressions',
    title: 'Suppressions',
    template: 'suppressions',
    scope,
    load: ({ db }, asked) =>
      listSuppressions(db, { ...filled(asked, 'q', 'reason', 'cursor'), limit: pageSize }),
  },
]
