/** What Prometheus is told; no label has an address, and none grows without bound. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { readThrottles } from '../deliveries/throttle/throttle-store.js'
import type { Services } from '../services.js'
import { sourceHealth } from '../papers/sources/health.js'
import { quoted } from '../db/quoted.js'
import { float, text, timestamptz } from '../db/sql-types.js'
import { statement } from '../db/statement.js'
import { openStatuses } from '../mail/delivery-status.js'
import { isAlive } from '../mail/alive-workers.js'

type MetricServices = Pick<Services, 'db' | 'clock'>

export type Metrics = {
  registry: Registry
  /** One answered request; `route` is the pattern, never the path with its tokens. */
  observeRequest(method: string, route: string, status: number, seconds: number): void
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

const deliveriesOpen = statement({
  text: `SELECT status, lane::text AS lane, count(*)::float AS value FROM delivery
        WHERE status IN (${quoted(['claimed', ...openStatuses])}) GROUP BY 1, 2`,
  parameters: [],
  columns: { status: text, lane: text, value: float },
})

const deliveryOldestDueSeconds = statement({
  text: `SELECT l.lane::text AS lane, greatest(0, coalesce(extract(epoch FROM $1::timestamptz - min(d.due_at)), 0))::float AS value
         FROM (VALUES (0), (1)) l(lane) LEFT JOIN delivery d ON d.lane = l.lane AND d.due_at <= $1
           AND d.status IN (${quoted(openStatuses)})
           AND (d.edition_id IS NULL OR EXISTS (SELECT FROM edition e WHERE e.id = d.edition_id AND e.status = 'sending'))
         GROUP BY 1`,
  parameters: [timestamptz],
  columns: { lane: text, value: float },
})

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

const attemptsDay = statement({
  text: `SELECT coalesce(relay, 'none') AS relay, outcome, count(*)::float AS value FROM attempt
         WHERE at > $1::timestamptz - interval '1 day' GROUP BY 1, 2 LIMIT 200`,
  parameters: [timestamptz],
  columns: { relay: text, outcome: text, value: float },
})

const deliveriesDay = statement({
  text: `WITH recent AS (SELECT domain, status FROM delivery WHERE created_at > $1::timestamptz - interval '1 day'),
         top AS (SELECT domain FROM recent GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${domainsShown})
         SELECT coalesce(top.domain, 'other') AS domain, r.status, count(*)::float AS value
         FROM recent r LEFT JOIN top USING (domain) GROUP BY 1, 2`,
  parameters: [timestamptz],
  columns: { domain: text, status: text, value: float },
})

const editionState = statement({
  text: 'SELECT DISTINCT ON (kind) kind, status, 1::float AS value FROM edition ORDER BY kind, day DESC, id DESC',
  parameters: [],
  columns: { kind: text, status: text, value: float },
})

const editionOutTimestampSeconds = statement({
  text: 'SELECT kind, extract(epoch FROM max(fanned_out_at))::float AS value FROM edition WHERE fanned_out_at IS NOT NULL GROUP BY 1',
  parameters: [],
  columns: { kind: text, value: float },
})

const subscribers = statement({
  text: 'SELECT status, count(*)::float AS value FROM subscriber GROUP BY 1',
  parameters: [],
  columns: { status: text, value: float },
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
    read: ({ db }) => samples(db.run(deliveriesOpen, [])),
  },
  {
    name: 'daily_papers_delivery_oldest_due_seconds',
    help: 'How long the delivery that has been due longest has been so',
    labels: ['lane'],
    read: ({ db, clock }) => samples(db.run(deliveryOldestDueSeconds, [clock.now()])),
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
      (await readThrottles(db.sql)).map(({ scope, key, rate }) => ({ labels: { scope, key }, value: rate })),
  },
  {
    name: 'daily_papers_attempts_day',
    help: 'Tries of the last 24 hours by relay and outcome',
    labels: ['relay', 'outcome'],
    read: ({ db, clock }) => samples(db.run(attemptsDay, [clock.now()])),
  },
  {
    name: 'daily_papers_deliveries_day',
    help: `Deliveries of the last 24 hours by status, for the ${domainsShown} recipient domains with most; the rest as other`,
    labels: ['domain', 'status'],
    read: ({ db, clock }) => samples(db.run(deliveriesDay, [clock.now()])),
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
      (await sourceHealth(db.sql, clock)).flatMap(({ source, lagSeconds }) =>
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
