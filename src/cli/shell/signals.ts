/** Turns signals into one wish to stop. */
import { Interrupted } from './shell.js'

// npm and a terminal both deliver the signal, so that it comes twice at nearly the same time.
const sameSignalMs = 1_000

/**
 * Aborted at the first SIGINT, SIGTERM or SIGHUP, and when nobody reads any more what is printed (`| head -1`, a
 * terminal that went away): work ends in order, and its status tells how far it came. A later SIGINT ends at once.
 */
export function listenForStop(): AbortSignal {
  const controller = new AbortController()
  let first = 0
  const onSignal = (signal: NodeJS.Signals) => {
    if (!first) {
      first = Date.now()
      controller.abort(new Interrupted(signal))
    } else if (signal === 'SIGINT' && Date.now() - first > sameSignalMs) process.exit(130)
  }
  // Without a listener a closed pipe would end the process where it stands; what is printed from here on goes nowhere.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => controller.abort(new Interrupted('SIGPIPE')))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return controller.signal
}

/** Resolves when the signal is aborted. */
export function untilStopped(stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopped.aborted) resolve()
    else stopped.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** The work's result, or `Interrupted` as soon as the process is asked to stop. */
export async function unlessStopped<T>(stopped: AbortSignal, work: Promise<T>): Promise<T> {
  const interrupted = untilStopped(stopped).then(() => {
    throw stopped.reason
  })
  return Promise.race([work, interrupted])
}
