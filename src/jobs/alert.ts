/** Raises alerts, sends those that are owed, and tells webhooks what happened. */
import { sendAlerts } from '../operations/alerts/send.js'
import { noteOutage } from '../operations/alerts/outage.js'
import { watchForAlerts } from '../operations/alerts/watch.js'
import { sendEvents } from '../operations/webhooks/send-events.js'
import type { Services } from '../services.js'
import { alone } from './job.js'

type AlertServices = Pick<Services, 'db' | 'clock' | 'config' | 'secrets' | 'log'>

export async function alert(services: AlertServices): Promise<boolean> {
  try {
    return await watch(services)
  } catch (error) {
    noteOutage(services.db, services.clock.now(), error)
    throw error
  }
}

function watch(services: AlertServices): Promise<boolean> {
  return alone(services.db, 'alert', async () => {
    await watchForAlerts(services)
    await sendAlerts(services)
  })
}

export function tellEvents(services: AlertServices): Promise<boolean> {
  return alone(services.db, 'events', async () => void (await sendEvents(services)))
}
