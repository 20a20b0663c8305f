/** The API process: serves pages, the public API and the operator's until it is closed, and watches for trouble. */
import { alert } from './jobs/alert.js'
import { startTicking } from './jobs/ticking.js'
import type { Services } from './services.js'
import { buildServer } from './http/server.js'

export type Api = {
  /** Where it really listens, which a port of 0 leaves open until now. */
  url: string
  /** Stops accepting, lets running requests end, then resolves. */
  close(): Promise<void>
}

/** @throws when HOST and PORT cannot be listened on. */
export async function startApi(services: Services): Promise<Api> {
  const app = await buildServer(services)
  const { host, port } = services.config
  const url = await app.listen({ host, port })
  // Whoever is alive raises the alert, also where no worker is.
  const watch = startTicking(services, [
    { name: 'alert', cron: '*/20 * * * * *', everySeconds: 20, run: alert },
  ])
  return { url, close: async () => void (await Promise.all([app.close(), watch.stop()])) }
}
