/** Raises alerts, and sends those that are owed. */
import { sendAlerts } from '../operations/alerts/send.js'
import { watchForAlerts } from '../operations/alerts/watch.js'
import { alone, type JobServices } from './job.js'

export async function alert(services: JobServices): Promise<void> {
  await alone(services.db, 'alert', async () => {
    await watchForAlerts(services)
    await sendAlerts(services)
  })
}
