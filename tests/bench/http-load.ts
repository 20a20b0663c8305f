/** Load on a loopback server over kept connections, cheap enough not to be the limit itself. */
import { once } from 'node:events'
import { connect } from 'node:net'

/** Answers a second, of an address whose answers are all of one length. */
export async function answersPerSecond(url: string, seconds: number, headers = ''): Promise<number> {
  const { hostname, port, pathname } = new URL(url)
  const request = `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n${headers}\r\n`
  const size = await sizeOf(hostname, Number(port), request)
  await load(hostname, Number(port), request, size, seconds / 3)
  return load(hostname, Number(port), request, size, seconds)
}

async function sizeOf(host: string, port: number, request: string): Promise<number> {
  const socket = connect(port, host)
  socket.write(request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'end')
  const answer = Buffer.concat(chunks)
  if (!answer.toString('latin1').startsWith('HTTP/1.1 200'))
    throw new Error('the server did not answer with 200')
  return measureKept(host, port, request, answer.indexOf('\r\n\r\n') + 4, answer.length)
}

/** Headers differ between closed and kept connections, the body does not. */
async function measureKept(
  host: string,
  port: number,
  request: string,
  head: number,
  whole: number,
): Promise<number> {
  const socket = connect(port, host)
  socket.write(request)
  let received = Buffer.alloc(0)
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk])
    const end = received.indexOf('\r\n\r\n') + 4
    if (end > 3 && received.length >= end + whole - head) break
  }
  return received.length
}

const connections = 50

async function load(
  host: string,
  port: number,
  request: string,
  size: number,
  seconds: number,
): Promise<number> {
  let answered = 0
  const until = performance.now() + seconds * 1000
  const began = performance.now()
  const one = async (): Promise<void> => {
    const socket = connect(port, host)
    let received = 0
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received < size) return
      received -= size
      answered += 1
      if (performance.now() < until) socket.write(request)
      else socket.destroy()
    })
    socket.write(request)
    await once(socket, 'close')
  }
  await Promise.all(Array.from({ length: connections }, one))
  return answered / ((performance.now() - began) / 1000)
}
