/** The one way to call a host that somebody else named: webhooks, links of papers, and what else is not a source. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPublicAddress, isWithin, type Network } from './addresses.js'
import { type BytesAnswer, CallFault, exchange, type OutgoingRequest, type Resolved } from './exchange.js'

export type OutgoingAnswer = { status: number; body: string }

/** All addresses of a host name. */
type Resolve = (host: string) => Promise<Resolved[]>

export type OutgoingCall = OutgoingRequest & {
  /** Networks that may be called besides public addresses. */
  allow: readonly Network[]
  /** For all of it, from the name's resolution to the answer's last byte. */
  timeoutMs: number
  resolve?: Resolve
  /** Ends the call. */
  stopped?: AbortSignal | undefined
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

/** A resolver knows no signal. */
function unlessOver<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the time is over')), { once: true })
    work.then(resolve, reject)
  })
}
