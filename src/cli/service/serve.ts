/** `daily-papers start`, `api` and `worker`: they serve until they are stopped. */
import { messageOf, Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import type { Loaded } from '../shell/lazy.js'
import type { Shell } from '../shell/shell.js'
import { untilStopped } from '../shell/signals.js'
import { withServices } from '../shell/with-services.js'

/** Something that runs until it is closed. */
type Running = { close(): Promise<void> }

export const startCommand = (shell: Shell) => serving(shell, startApi, startWorker)

export const apiCommand = (shell: Shell) => serving(shell, startApi)

export const workerCommand = (shell: Shell) => serving(shell, startWorker)

export const inboundCommand = (shell: Shell) => serving(shell, startInbound)

function serving(shell: Shell, ...parts: ((shell: Shell, services: Services) => Promise<Running>)[]): Loaded {
  const serve = async (services: Services) => {
    const running: Running[] = []
    try {
      for (const start of parts) running.push(await start(shell, services))
      await untilStopped(shell.stopped)
    } finally {
      await closeAll(running)
    }
  }
  return { handler: () => withServices(shell, serve, { serves: true }) }
}

// A supervisor waits ten seconds; some of them are the database's.
const patienceMs = 7_500

/** Closes everything at the same time; what has not ended by then is given up. */
export async function closeAll(running: Running[]): Promise<void> {
  const closed = Promise.all(running.map((part) => part.close()))
  const given = new Promise<void>((resolve) => setTimeout(resolve, patienceMs).unref())
  await Promise.race([closed, given])
}

/** @throws Problem `unavailable` when HOST and PORT can't be listened on */
export async function startApi({ output }: Shell, services: Services): Promise<Running & { url: string }> {
  // Other commands need not wait for the web framework to load.
  const web = await import('../../api.js')
  try {
    const api = await web.startApi(services)
    output.say(`Listening on ${api.url}`)
    return api
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error
    const { host, port } = services.config
    const detail = `${host}:${port} cannot be listened on: ${messageOf(error)}. Set HOST or PORT.`
    throw new Problem('unavailable', detail, { cause: error })
  }
}

async function startWorker({ output }: Shell, services: Services): Promise<Running> {
  const process = await import('../../worker.js')
  const worker = process.startWorker(services)
  output.say('The worker runs')
  return worker
}

async function startInbound({ output }: Shell, services: Services): Promise<Running> {
  const process = await import('../../inbound.js')
  const inbound = await process.startInbound(services)
  output.say(inbound.port === null ? 'Judging what came in' : `Taking mail on port ${inbound.port}`)
  return inbound
}
