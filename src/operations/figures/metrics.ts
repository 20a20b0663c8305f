/** What Prometheus is told; no label has an address, and none grows without bound. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { readThrottles } from '../../deliveries/throttle/throttle-store.js'
import { shownStatus } from '../../editions/edition.js'
import { mailsOfDay, oldestDue, openMails, triesOfDay } from './metric-queries.js'
import { complaintRates, countOpenReturns, countReturns } from './returns.js'
import type { Services } from '../../services.js'
import { sourceHealth } from '../../papers/sources/health.js'
import { float, present, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { isAlive } from '../../mail/alive-workers.js'

type MetricServices = Pick<Services, 'db' | 'clock'>

export type Metrics = {
  registry: Registry
  /** One answered request; `route` is the pattern, never the path with its tokens. */
  observeRequest: (method: string, route: string, status: number, seconds: number) => void
}

// A day's mail goes to thousands of domains; the others count together.
const domainsShown = 20

// Gauges with a counter's name, which promtool finds fault with; each is the sum of one that stays.
const misnamedSums = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`)

/** A registry of its own, so that two servers in one process don't meet. */
export function openMetrics(services: MetricServices): Metrics {
  const registry = new Registry()
  // Under their stock names, which everybody's boards know.
  collectDefaultMetrics({ register: registry })
  for (const name of misnamedSums) registry.removeSingleMetric(name)
  const requests = new Histogram({
    name: 'daily_papers_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  poolGauge(services, registry)
  for (const gauge of gauges) addGauge(services, registry, gauge)
  return {
    registry,
    observeRequest: (method, route, status, seconds) =>
      requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds),
  }
}

type Sample = { labels: Record<string, string>; value: number }

type DbGauge = {
  name: string
  help: string
  labels: string[]
  read: (services: MetricServices) => Promise<Sample[]>
}

const sendsPerSecond = statement({
  text: `SELECT coalesce(sum(per_second), 0)::float AS value FROM worker WHERE ${isAlive('$1')}`,
  parameters: [timestamptz],
  columns: { value: float },
})

const workersAlive = statement({
  text: `SELECT count(*)::float AS value FROM worker WHERE ${isAlive('$1')}`,
  parameters: [timestamptz],
  columns: { value: float },
})

const jobRunTimestampSeconds = statement({
  text: 'SELECT name AS job, extract(epoch FROM ran_at)::float AS value FROM job WHERE ran_at IS NOT NULL',
  parameters: [],
  columns: { job: text, value: float },
})

const editionState = statement({
  text: `SELECT DISTINCT ON (kind) kind, ${shownStatus} AS status, 1::float AS value FROM edition e ORDER BY kind, day DESC, id DESC`,
  parameters: [],
  columns: { kind: text, status: text, value: float },
})

const editionOutTimestampSeconds = statement({
  text: 'SELECT kind, extract(epoch FROM max(fanned_out_at))::float AS value FROM edition WHERE fanned_out_at IS NOT NULL GROUP BY 1',
  parameters: [],
  columns: { kind: text, value: float },
})

const subscribers = statement({
  text: `SELECT status, sum(n)::float AS value FROM subscriber_sum WHERE kind = 'held' GROUP BY 1 HAVING sum(n) > 0`,
  parameters: [],
  columns: { status: present(text), value: float },
})

const alertsOpen = statement({
  text: 'SELECT kind, count(*)::float AS value FROM alert WHERE cleared_at IS NULL GROUP BY 1',
  parameters: [],
  columns: { kind: text, value: float },
})

const gauges: DbGauge[] = [
  {
    name: 'daily_papers_deliveries_open',
    help: 'Deliveries that are still to end, by status and lane (0: somebody waits for it)',
    labels: ['status', 'lane'],
    read: ({ db }) => samples(db.run(openMails, [])),
  },
  {
    name: 'daily_papers_delivery_oldest_due_seconds',
    help: 'How long the delivery that has been due longest has been so',
    labels: ['lane'],
    read: ({ db, clock }) => samples(db.run(oldestDue, [clock.now()])),
  },
  {
    name: 'daily_papers_sends_per_second',
    help: 'Mails accepted a second, all sending processes together',
    labels: [],
    read: ({ db, clock }) => samples(db.run(sendsPerSecond, [clock.now()])),
  },
  {
    name: 'daily_papers_workers',
    help: 'Sending processes that are alive',
    labels: [],
    read: ({ db, clock }) => samples(db.run(workersAlive, [clock.now()])),
  },
  {
    name: 'daily_papers_job_run_timestamp_seconds',
    help: 'When each recurring job last ran',
    labels: ['job'],
    read: ({ db }) => samples(db.run(jobRunTimestampSeconds, [])),
  },
  {
    name: 'daily_papers_throttle_per_second',
    help: 'Bounds on sending as they are now, in messages a second; of domains those that were slowed down last',
    labels: ['scope', 'key'],
    read: async ({ db }) =>
      (await readThrottles(db)).map(({ scope, key, rate }) => ({ labels: { scope, key }, value: rate })),
  },
  {
    name: 'daily_papers_attempts_day',
    help: 'Tries of the last 24 hours by relay and outcome',
    labels: ['relay', 'outcome'],
    read: ({ db, clock }) => samples(db.run(triesOfDay, [clock.now()])),
  },
  {
    name: 'daily_papers_deliveries_day',
    help: `Deliveries of the last 24 hours by status, for the ${domainsShown} recipient domains with most; the rest as other`,
    labels: ['domain', 'status'],
    read: ({ db, clock }) => samples(db.run(mailsOfDay, [clock.now(), domainsShown])),
  },
  {
    name: 'daily_papers_returns_day',
    help: 'What came back in the last 24 hours, by kind and class',
    labels: ['kind', 'class'],
    read: ({ db, clock }) => samples(countReturns(db, clock.now())),
  },
  {
    name: 'daily_papers_returns_open',
    help: 'What came in and waits to be judged, or belongs to no mail of ours',
    labels: ['state'],
    read: ({ db }) => samples(countOpenReturns(db)),
  },
  {
    name: 'daily_papers_complaint_share',
    help: `Complaints of the mail that reached a mailbox in 7 days, for the ${domainsShown} recipient domains with most complaints`,
    labels: ['domain'],
    read: async ({ db, clock }) =>
      (await complaintRates(db, 7, clock.now()))
        .slice(0, domainsShown)
        .flatMap(({ domain, share }) => (share === null ? [] : [{ labels: { domain }, value: share }])),
  },
  {
    name: 'daily_papers_edition_state',
    help: 'The newest edition of each kind: 1 for its status',
    labels: ['kind', 'status'],
    read: ({ db }) => samples(db.run(editionState, [])),
  },
  {
    name: 'daily_papers_edition_out_timestamp_seconds',
    help: 'When the last edition of each kind went out',
    labels: ['kind'],
    read: ({ db }) => samples(db.run(editionOutTimestampSeconds, [])),
  },
  {
    name: 'daily_papers_subscribers',
    help: 'Subscribers by status',
    labels: ['status'],
    read: ({ db }) => samples(db.run(subscribers, [])),
  },
  {
    name: 'daily_papers_source_lag_seconds',
    help: 'Seconds since each source last answered',
    labels: ['source'],
    read: async ({ db, clock }) =>
      (await sourceHealth(db, clock)).flatMap(({ source, lagSeconds }) =>
        lagSeconds === null ? [] : [{ labels: { source }, value: lagSeconds }],
      ),
  },
  {
    name: 'daily_papers_alerts_open',
    help: 'Alerts that have not been cleared, by kind',
    labels: ['kind'],
    read: ({ db }) => samples(db.run(alertsOpen, [])),
  },
]

type SampleRow = { value: number } & Record<string, unknown>

async function samples(asked: Promise<SampleRow[]>): Promise<Sample[]> {
  return (await asked).map(({ value, ...labels }) => ({
    labels: Object.fromEntries(Object.entries(labels).map(([name, label]) => [name, String(label)])),
    value,
  }))
}

function addGauge(services: MetricServices, registry: Registry, { name, help, labels, read }: DbGauge): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    collect: async () => {
      const found = await read(services)
      gauge.reset()
      for (const { labels, value } of found) gauge.set(labels, value)
    },
  })
}

function poolGauge({ db }: MetricServices, registry: Registry): void {
  const gauge: Gauge = new Gauge({
    name: 'daily_papers_pool_connections',
    help: 'Connections to the database, and callers that wait for one',
    labelNames: ['state'],
    registers: [registry],
    collect: () => {
      gauge.set({ state: 'idle' }, db.pool.idleCount)
      gauge.set({ state: 'busy' }, db.pool.totalCount - db.pool.idleCount)
      gauge.set({ state: 'waiting' }, db.pool.waitingCount)
    },
  })
}
