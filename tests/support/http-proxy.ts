/** A reverse proxy on loopback, set up well or badly. */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export type HttpProxy = { url: string; lead(to: string): void; close(): Promise<void> }

/**
 * @param forwardedFor - what it puts into X-Forwarded-For; nothing when absent
 * @param path - what it takes off the front of every path
 */
export async function startHttpProxy(
  set: { forwardedFor?: string; keepHost?: boolean; path?: string } = {},
): Promise<HttpProxy> {
  let target = ''
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', target)
    if (set.path && url.pathname.startsWith(set.path))
      url.pathname = url.pathname.slice(set.path.length) || '/'
    const headers = {
      ...incoming.headers,
      host: set.keepHost ? incoming.headers.host : url.host,
      ...(set.forwardedFor && { 'x-forwarded-for': set.forwardedFor }),
    }
    const passed = request(url, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (to) => {
      target = to
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
