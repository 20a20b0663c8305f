import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { parseNetwork, type Network } from '../../src/network/addresses.js'
import { callOut, type OutgoingCall } from '../../src/network/call-out.js'

const loopback = ['127.0.0.1', '::1'].map((text) => parseNetwork(text) as Network)
const usual: OutgoingCall = { method: 'GET', allow: loopback, timeoutMs: 5000, mostBytes: 1000 }
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const faultOf = (url: string, call: Partial<OutgoingCall> = {}) =>
  callOut(url, { ...usual, ...call }).then(
    () => 'an answer',
    (error: Error) => error.message,
  )

describe('a call to a host that somebody named', () => {
  it('goes to what the name resolved to, which is asked for once', async () => {
    let host: string | undefined
    const port = await serve((request, response) => {
      host = request.headers.host
      response.end('here')
    })
    let asked = 0
    const resolve = async () => {
      asked += 1
      return [{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
    }
    const answer = await callOut(`http://hook.example:${port}/x`, { ...usual, resolve })
    expect(answer).toEqual({ status: 200, body: 'here' })
    expect(host).toBe(`hook.example:${port}`)
    expect(asked).toBe(1)
  })

  it.each([
    'http://127.0.0.1:PORT/',
    'http://0.0.0.0:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://localhost:PORT/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://[2002:7f00:1::]:PORT/',
    'http://169.254.169.254/latest/meta-data',
  ])('never reaches %s', async (pattern) => {
    let reached = false
    const port = await serve((_request, response) => {
      reached = true
      response.end()
    })
    expect(await faultOf(pattern.replace('PORT', String(port)), { allow: [] })).toMatch(
      /has no public address/,
    )
    expect(reached).toBe(false)
  })

  it('is refused when one of several addresses is private', async () => {
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]
    expect(await faultOf('https://both.example/', { resolve })).toMatch(/has no public address/)
  })

  it('follows no redirect', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    })
    expect((await callOut(`http://127.0.0.1:${port}/`, usual)).status).toBe(302)
  })

  it('tells closed, silent and foreign ports by the same words, with the host alone', async () => {
    const silent = createTcpServer()
    const foreign = createTcpServer((socket) => socket.end('220 mail ready\r\n'))
    for (const server of [silent, foreign]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      closing.push(() => server.close())
    }
    const ports = [silent, foreign].map((server) => (server.address() as AddressInfo).port)
    const faults = await Promise.all(
      [1, ...ports].map((port) =>
        faultOf(`http://name:password@127.0.0.1:${port}/secret?key=x`, { timeoutMs: 300 }),
      ),
    )
    expect(new Set(faults)).toEqual(new Set(['127.0.0.1 gave no answer.']))
  })

  it('tells a name that does not exist as one that is private', async () => {
    const missing = async () => {
      throw new Error('ENOTFOUND')
    }
    const inside = async () => [{ address: '10.0.0.1', family: 4 }]
    expect(await faultOf('http://a.example/', { resolve: missing })).toBe(
      await faultOf('http://a.example/', { resolve: inside }),
    )
  })

  it('ends when its time is over, also while a name is resolved or a body drips', async () => {
    const never = () => new Promise<never>(() => {})
    expect(await faultOf('http://slow.example/', { resolve: never, timeoutMs: 100 })).toMatch(
      /gave no answer/,
    )
    const port = await serve((_request, response) => {
      response.write('x')
    })
    expect(await faultOf(`http://127.0.0.1:${port}/`, { timeoutMs: 200 })).toMatch(/gave no answer/)
  })

  it('reads no more than it may', async () => {
    const port = await serve((_request, response) => void response.end('x'.repeat(5000)))
    expect(await faultOf(`http://127.0.0.1:${port}/`)).toBe('The answer is larger than 1000 bytes.')
    expect(await callOut(`http://127.0.0.1:${port}/`, { ...usual, mostBytes: 0 })).toEqual({
      status: 200,
      body: '',
    })
  })

  it.each(['', 'x', 'ftp://a.example/', 'file:///etc/passwd'])('is refused to %j', async (url) => {
    expect(await faultOf(url)).toBe('This is no URL of http or https.')
  })
})
