/** The built service in a night's drill, API or worker: its parent tells it the time, and some of its jobs tick faster. */
import { startApi } from '../../../dist/api.js'
import { readConfig } from '../../../dist/config/config.js'
import { reckonInUtc } from '../../../dist/config/utc.js'
import { databaseClock } from '../../../dist/db/clock.js'
import { alert } from '../../../dist/jobs/alert.js'
import { build } from '../../../dist/jobs/build.js'
import { look } from '../../../dist/jobs/look.js'
import { reach } from '../../../dist/jobs/schedule.js'
import { startTicking } from '../../../dist/jobs/ticking.js'
import { hubSource } from '../../../dist/papers/sources/hub.js'
import { openServices } from '../../../dist/services.js'
import { startWorker } from '../../../dist/worker.js'

reckonInUtc()
// Milliseconds: how far the night is from the real time, and this machine's clock from the night's.
let told = JSON.parse(process.argv[2])
process.on('message', (message) => {
  told = message
})
process.on('disconnect', () => process.exit(0))

const nightly = () => Date.now() + told.ahead
// As a database of that night would have it.
const database = { run: async () => [{ at: nightly() }] }
const clock = databaseClock(database, { now: () => new Date(nightly() + told.skew) })

const config = readConfig(process.env)
const services = await openServices(config, config.databaseUrl, { clock, dns: null })
const quick = (name, run, everySeconds) => ({ name, run, everySeconds, cron: '*/2 * * * * *' })
if (process.argv[3] === 'api') {
  const { url } = await startApi(services)
  startTicking(services, [quick('alert', alert, 20)])
  process.send(url)
} else {
  startWorker(services)
  const source = hubSource({ baseUrl: config.papersApiUrl, clock })
  const jobs = [quick('look', look, 30), quick('build', build, 15), quick('reach', reach, 60)]
  startTicking({ ...services, source }, [...jobs, quick('alert', alert, 20)])
  process.send('runs')
}
