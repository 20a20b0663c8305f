/** One request to addresses that are known, and as much of its answer as is wanted. */
import { type IncomingMessage, request as requestPlainly } from 'node:http'
import { request as requestByTls } from 'node:https'
import type { LookupFunction } from 'node:net'

export type Resolved = { address: string; family: number }

export type OutgoingRequest = {
  method: 'GET' | 'HEAD' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** More of an answer than that is a fault; of a call that reads none of it, 0 ends the call at its headers. */
  mostBytes: number
}

/** With where a redirect leads to, as the answer says it; null where it says nothing. */
export type BytesAnswer = { status: number; bytes: Buffer; location: string | null }

/**
 * Why there was no answer, in words for operators: with the host alone, since what follows it may be a secret, and
 * the same for every port, so that nobody learns which are open.
 */
export class CallFault extends Error {
  override readonly name = 'CallFault'
}

export function exchange(
  url: URL,
  addresses: readonly Resolved[],
  call: OutgoingRequest,
  signal: AbortSignal,
): Promise<BytesAnswer> {
  const [first] = addresses
  const toResolved: LookupFunction = (_host, options, done) => {
    if (options.all) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family)
  }
  const request = url.protocol === 'https:' ? requestByTls : requestPlainly
  return new Promise((resolve, reject) => {
    const { method, headers, body, mostBytes } = call
    const options = { method, signal, agent: false, lookup: toResolved, headers: { ...headers } }
    request(url, options, (answer) => {
      const status = answer.statusCode ?? 0
      const location = answer.headers.location ?? null
      readCapped(answer, mostBytes).then((bytes) => resolve({ status, bytes, location }), reject)
    })
      .on('error', reject)
      .end(body)
  })
}

async function readCapped(answer: IncomingMessage, mostBytes: number): Promise<Buffer> {
  if (mostBytes === 0) {
    answer.destroy()
    return Buffer.alloc(0)
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    // Leaving the loop destroys the connection.
    if (size > mostBytes) throw new CallFault(`The answer is larger than ${mostBytes} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
