/** A TCP proxy on loopback that can cut its clients off: nothing gets through, and nobody is told. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Proxy = {
  port: number
  cut(): void
  /** New connections get through; those from before are dropped, as a firewall would. */
  heal(): void
  close(): void
}

export async function openProxy(target: { host: string; port: number }): Promise<Proxy> {
  const pairs = new Set<[Socket, Socket]>()
  let isCut = false
  const server = createServer((client) => {
    const upstream = connect(target)
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    client.on('data', (bytes) => isCut || upstream.write(bytes))
    upstream.on('data', (bytes) => isCut || client.write(bytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const drop = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true
    },
    heal: () => {
      drop()
      isCut = false
    },
    close: () => {
      drop()
      server.close()
    },
  }
}
