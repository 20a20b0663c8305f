/** The one way to call a host that somebody else named: webhooks, links of papers, and what else is not a source. */
import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestPlainly } from 'node:http'
import { request as requestByTls } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress, isWithin, type Network } from './addresses.js'

type Resolved = { address: string; family: number }

/** All addresses of a host name. */
type Resolve = (host: string) => Promise<Resolved[]>

export type OutgoingCall = {
  method: 'GET' | 'HEAD' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** Networks that may be called besides public addresses. */
  allow: readonly Network[]
  /** For all of it, from the name's resolution to the answer's last byte. */
  timeoutMs: number
  /** More of an answer than that is a fault; of a call that reads none of it, 0 ends the call at its headers. */
  mostBytes: number
  resolve?: Resolve
  /** Ends the call. */
  stopped?: AbortSignal | undefined
}

export type OutgoingAnswer = { status: number; body: string }

/** With where a redirect leads to, as the answer says it; null where it says nothing. */
type BytesAnswer = { status: number; bytes: Buffer; location: string | null }

/**
 * Why there was no answer, in words for operators: with the host alone, since what follows it may be a secret, and
 * the same for every port, so that nobody learns which are open.
 */
export class CallFault extends Error {
  override readonly name = 'CallFault'
}

/**
 * Resolves the host once and connects to what that gave; follows no redirect.
 * @throws CallFault for a host that may not be called or gives no whole answer.
 */
export async function callOut(given: string, call: OutgoingCall): Promise<OutgoingAnswer> {
  const { status, bytes } = await callForBytes(given, call)
  return { status, body: bytes.toString() }
}

/** The same, for an answer that is no text. */
export async function callForBytes(given: string, call: OutgoingCall): Promise<BytesAnswer> {
  const url = httpUrl(given)
  const timeout = AbortSignal.timeout(call.timeoutMs)
  const signal = call.stopped ? AbortSignal.any([timeout, call.stopped]) : timeout
  try {
    const addresses = await unlessOver(signal, addressesOf(url, call.resolve ?? resolveAll))
    const mayCall = ({ address }: Resolved) => isPublicAddress(address) || isWithin(address, call.allow)
    if (addresses.length === 0 || !addresses.every(mayCall)) throw refusal(url)
    return await exchange(url, addresses, call, signal)
  } catch (error) {
    if (error instanceof CallFault) throw error
    throw new CallFault(`${url.hostname} gave no answer.`, { cause: error })
  }
}

/** @throws CallFault for anything but http and https. */
function httpUrl(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : null
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new CallFault('This is no URL of http or https.')
}

/** A name that does not exist is told no other way than one that is ours alone. */
const refusal = ({ hostname }: URL) =>
  new CallFault(`${hostname} has no public address, and no network that WEBHOOK_ALLOW names.`)

async function addressesOf(url: URL, resolve: Resolve): Promise<Resolved[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family }]
  try {
    return await resolve(host)
  } catch {
    return []
  }
}

const resolveAll: Resolve = (host) => lookup(host, { all: true })

function exchange(
  url: URL,
  addresses: readonly Resolved[],
  call: OutgoingCall,
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

/** A resolver knows no signal. */
function unlessOver<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the time is over')), { once: true })
    work.then(resolve, reject)
  })
}
