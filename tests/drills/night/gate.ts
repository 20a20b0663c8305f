/** The door to a server on loopback: shut, nobody is let in, and whoever was in is thrown out. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export type Gate = { port: number; shut(): Promise<void>; open(): Promise<void> }

export async function openGate(target: { host: string; port: number }): Promise<Gate> {
  const within = new Set<Socket>()
  let server: Server
  const open = (port: number) =>
    new Promise<number>((resolve) => {
      server = createServer((client) => {
        const upstream = connect(target)
        for (const [socket, other] of [
          [client, upstream],
          [upstream, client],
        ] as const) {
          within.add(socket)
          socket
            .on('error', () => {})
            .on('close', () => {
              within.delete(socket)
              other.destroy()
            })
          socket.pipe(other)
        }
      })
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })
  const port = await open(0)
  return {
    port,
    open: async () => void (await open(port)),
    shut: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of within) socket.destroy()
      await closed
    },
  }
}
