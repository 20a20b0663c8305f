/** The pages of the dashboard: what each needs to be seen, and what it shows. */
import { lastClosedDay } from '../../clock.js'
import { editionReport } from '../../deliveries/report.js'
import { readThrottles } from '../../deliveries/throttle-store.js'
import { listEditions } from '../../editions/store.js'
import { sourceHealth } from '../../papers/health.js'
import type { Services } from '../../services.js'
import { openAlerts } from '../alerts/store.js'
import { listAudit, verifyAudit } from '../audit.js'
import { decodeCursor, pageOf } from '../cursor.js'
import { dryRun } from '../editions/audience.js'
import { findEdition, nextStep } from '../editions/find.js'
import { previewPart } from '../editions/preview.js'
import { listRuns } from '../import/runs.js'
import { listKeys } from '../keys.js'
import { papersOfDayRanked } from '../papers/day.js'
import { type Scope, scopes } from '../scopes.js'
import { byDomain, byEdition, growth, workers } from '../statistics.js'
import { listSubscribers } from '../subscribers/list.js'
import { readHistory, readSubscriber } from '../subscribers/read.js'
import { listSuppressions } from '../suppressions.js'

/** What a page is asked with: strings of its path and query, already checked for their shape. */
type Asked = { id: number; period: string; q: string; status: string; cursor: string; date: string }

export type DashboardPage = {
  path: string
  title: string
  template: string
  scope: Scope
  load: (services: Services, asked: Asked) => Promise<object>
}

const pageSize = 50

export const dashboardPages: DashboardPage[] = [
  {
    path: '/',
    title: 'Overview',
    template: 'overview',
    scope: 'editions:read',
    load: async (services) => {
      const { db, clock } = services
      const now = clock.now()
      const [today] = await listEditions(db.sql, { kind: 'daily', limit: 1 })
      return {
        today: today && { ...today, next: nextStep(today, now) },
        expected: lastClosedDay(now),
        dry: today && !today.fannedOutAt ? await dryRun(services, today) : null,
        growth: await growth(db, 90, now),
        editions: await byEdition(db, 10),
        sources: await sourceHealth(db.sql, clock),
        workers: await workers(db, now),
        throttles: await readThrottles(db.sql),
        alerts: await openAlerts(db),
      }
    },
  },
  {
    path: '/editions',
    title: 'Editions',
    template: 'editions',
    scope: 'editions:read',
    load: async ({ db }, { cursor }) => {
      const [day, id] = cursor ? decodeCursor(cursor, 'day', 'int') : []
      const after = day && id ? { after: { day, id: Number(id) } } : {}
      const rows = await listEditions(db.sql, { ...after, limit: pageSize + 1 })
      return pageOf(rows, pageSize, (row) => [row.day, row.id])
    },
  },
  {
    path: '/editions/:period',
    title: 'Edition',
    template: 'edition',
    scope: 'editions:read',
    load: async (services, { period }) => {
      const { db, clock } = services
      const edition = await findEdition(db.sql, period)
      return {
        edition: { ...edition, next: nextStep(edition, clock.now()) },
        dry: edition.fannedOutAt ? null : await dryRun(services, edition),
        report: edition.fannedOutAt ? await editionReport(db, edition.id) : null,
        text: edition.papers ? await previewPart(services, edition, 'text') : null,
      }
    },
  },
  {
    path: '/papers',
    title: 'Papers of the day',
    template: 'papers',
    scope: 'papers:read',
    load: async (services, { date }) => {
      const day = date || lastClosedDay(services.clock.now())
      const papers = await papersOfDayRanked(services.db.sql, services, day)
      return {
        day,
        chosen: papers.filter(({ rank }) => rank !== null),
        others: papers.filter(({ rank }) => rank === null),
      }
    },
  },
  {
    path: '/subscribers',
    title: 'Subscribers',
    template: 'subscribers',
    scope: 'subscribers:read',
    load: async ({ db, clock }, { q, status, cursor }) => ({
      ...(await listSubscribers(db, {
        ...(q && { q }),
        ...(status && { status }),
        ...(cursor && { cursor }),
        sort: '-createdAt',
        limit: pageSize,
      })),
      imports: await listRuns(db, { before: null, limit: 3 }, clock.now()),
    }),
  },
  {
    path: '/subscribers/:id',
    title: 'Subscriber',
    template: 'subscriber',
    scope: 'subscribers:read',
    load: async ({ db }, { id }) => ({
      subscriber: await readSubscriber(db.sql, id),
      history: await readHistory(db, id),
    }),
  },
  {
    path: '/suppressions',
    title: 'Suppressions',
    template: 'suppressions',
    scope: 'subscribers:read',
    load: ({ db }, { q, cursor }) =>
      listSuppressions(db, { ...(q && { q }), ...(cursor && { cursor }), limit: pageSize }),
  },
  {
    path: '/domains',
    title: 'Deliverability',
    template: 'domains',
    scope: 'editions:read',
    load: async ({ db, clock }) => ({
      items: await byDomain(db, 30, 100, clock.now()),
      throttles: await readThrottles(db.sql),
    }),
  },
  {
    path: '/keys',
    title: 'Keys',
    template: 'keys',
    scope: 'keys:write',
    load: async (services) => ({ items: await listKeys(services), scopes }),
  },
  {
    path: '/audit',
    title: 'Audit log',
    template: 'audit',
    scope: 'audit:read',
    load: async ({ db }, { cursor }) => {
      const before = cursor ? (decodeCursor(cursor, 'bigint')[0] ?? null) : null
      const rows = await listAudit(db, { before, limit: pageSize + 1 })
      return { ...pageOf(rows, pageSize, (row) => [row.id]), verdict: await verifyAudit(db) }
    },
  },
]
