/** A worker that is gone, and a job that does not run, are seen by whoever is alive, once. */
import { beforeAll, expect, it } from 'vitest'
import { alone } from '../../src/jobs/job.js'
import { startApi } from '../../src/api.js'
import { findTroubles, watchForAlerts } from '../../src/operations/alerts/watch.js'
import type { Services } from '../../src/services.js'
import { addReaders } from '../support/ledger.js'
import { testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { until } from '../support/until.js'

let services: Services

beforeAll(async () => {
  const { db } = await testDatabase()
  services = await testServices(db, { PORT: '0' })
  await addReaders(db, 1)
})

const open = () =>
  services.db.sql(`SELECT cause FROM alert WHERE cleared_at IS NULL AND cause ~ 'worker|stalled' ORDER BY 1`)
/** Of workers and jobs alone: whether an edition is late depends on the hour at which this runs. */
const troubles = async () => (await findTroubles(services)).filter((trouble) => /worker|job/.test(trouble))
const silent = (ago: string) => services.db.sql(`UPDATE stamp SET beat_at = now() - $1::interval`, [ago])

it('tells that no worker is at work, and clears it', async () => {
  await watchForAlerts(services)
  expect(await open()).toEqual([])
  await silent('3 minutes')
  expect(await troubles()).toEqual([expect.stringMatching(/^No worker has been at work since/)])
  await Promise.all([watchForAlerts(services), watchForAlerts(services)])
  await watchForAlerts(services)
  expect(await open()).toEqual([{ cause: 'no-worker' }])
  await silent('1 second')
  await watchForAlerts(services)
  expect(await open()).toEqual([])
})

it('tells of a job that has not run for ten times its period', async () => {
  await alone(services.db, 'build', async () => {})
  await services.db.sql(
    `UPDATE job SET period_seconds = 15, ran_at = now() - interval '140 seconds', watched_from = now() - interval '1 day'`,
  )
  expect(await troubles()).toEqual([])
  await services.db.sql(`UPDATE job SET ran_at = now() - interval '160 seconds'`)
  expect(await troubles()).toEqual([expect.stringMatching(/^The job build has not run/)])
  await services.db.sql('UPDATE job SET ran_at = now()')
})

it('raises it from the API alone', { timeout: 60_000 }, async () => {
  await silent('1 hour')
  const api = await startApi(services)
  try {
    await until(async () => (await open()).length > 0, { within: 40_000, every: 200 })
    expect(await open()).toEqual([{ cause: 'no-worker' }])
  } finally {
    await api.close()
  }
})
