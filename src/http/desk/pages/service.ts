/** The pages of the service itself: deliverability, health, settings, keys, audit log. */
import { readThrottles } from '../../../deliveries/throttle/throttle-store.js'
import { sourceHealth } from '../../../papers/sources/health.js'
import { listAlerts } from '../../../operations/alerts/store.js'
import { listAudit, verifyAudit } from '../../../operations/audit.js'
import { pageOf } from '../../../format/cursor.js'
import { readExamination } from '../../../operations/doctor/examination.js'
import { readJobs } from '../../../operations/figures/jobs.js'
import { listKeys } from '../../../operations/keys/keys.js'
import { scopes } from '../../../operations/keys/scopes.js'
import { settableBounds } from '../../../editions/gates/gates.js'
import { eventTypes, readSettings, usualParts, webhooksOf } from '../../../operations/settings.js'
import { listEvents } from '../../../operations/webhooks/events.js'
import { columnValues } from '../../../db/queries/columns.js'
import { byDomain, workers } from '../../../operations/figures/statistics.js'
import { readHeld } from '../parts/held.js'
import { beforeOf, type DashboardPage, filled, pageSize } from '../parts/page.js'

export const servicePages: DashboardPage[] = [
  {
    path: '/domains',
    title: 'Deliverability',
    template: 'domains',
    scope: 'editions:read',
    load: async ({ db, clock }, { days }) => ({ items: await byDomain(db, days, 100, clock.now()) }),
  },
  {
    path: '/health',
    title: 'Health',
    template: 'health',
    scope: 'editions:read',
    load: async ({ db, clock }, { cursor }, may) => ({
      ...(await listAlerts(db, { before: beforeOf(cursor, 'int'), limit: pageSize })),
      held: await readHeld(db, clock.now()),
      jobs: await readJobs(db),
      examination: await readExamination(db),
      sources: may('papers:read') ? await sourceHealth(db, clock) : null,
      workers: await workers(db, clock.now()),
      throttles: await readThrottles(db),
    }),
  },
  {
    path: '/settings',
    title: 'Settings',
    template: 'settings',
    scope: 'editions:read',
    load: async ({ db }) => {
      const settings = await readSettings(db)
      const personal = { ...usualParts.personal, ...settings.personal }
      return { settings, personal, bounds: settableBounds, webhooks: webhooksOf(settings), eventTypes }
    },
  },
  {
    path: '/events',
    title: 'Events',
    template: 'events',
    scope: 'editions:read',
    within: '/settings',
    load: async ({ db }, { cursor, status, kind }) => ({
      ...(await listEvents(db, {
        type: eventTypes.find((type) => type === kind),
        status: columnValues.eventSend.status.find((one) => one === status),
        before: beforeOf(cursor, 'bigint'),
        limit: pageSize,
      })),
      eventTypes,
      statuses: columnValues.eventSend.status,
    }),
  },
  {
    path: '/keys',
    title: 'Keys',
    template: 'keys',
    scope: 'keys:write',
    load: async ({ db, clock }) => ({ items: await listKeys(db, clock), scopes }),
  },
  {
    path: '/audit',
    title: 'Audit log',
    template: 'audit',
    scope: 'audit:read',
    load: async ({ db }, asked) => {
      const filter = { ...filled(asked, 'who', 'action', 'target'), before: beforeOf(asked.cursor, 'bigint') }
      const rows = await listAudit(db, { ...filter, limit: pageSize + 1 })
      return {
        ...pageOf(rows, pageSize, (row) => [row.id]),
        verdict: await db.transaction('bulk', (tx) => verifyAudit(tx)),
      }
    },
  },
]
