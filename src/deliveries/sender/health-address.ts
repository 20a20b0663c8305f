/** An address at which a worker says whether it is at work, for whoever watches over its process. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type HealthAddress = { port: number; close(): Promise<void> }

/** A worker beats every two seconds. */
const silentMs = 20_000

/**
 * Answers every request: 200 while the worker has said in the database that it lives, 503 with the time since.
 * @param beatenAt when it last did so, by `performance.now()`.
 */
export async function openHealthAddress(
  { host, port }: { host: string; port: number },
  beatenAt: () => number,
): Promise<HealthAddress> {
  const server = createServer((_request, response) => {
    const silent = performance.now() - beatenAt()
    const isWell = silent < silentMs
    response.writeHead(isWell ? 200 : 503, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    })
    response.end(JSON.stringify({ status: isWell ? 'alive' : 'silent', seconds: Math.round(silent / 1000) }))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
