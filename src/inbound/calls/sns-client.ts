/** What SNS is asked for: its certificates, kept by their address, and the confirmation of a subscription. */
import { LRUCache } from 'lru-cache'
import { callOut } from '../../network/call-out.js'
import { CallFault } from '../../network/exchange.js'

export type SnsClient = {
  /** In PEM. */
  certificate(url: URL): Promise<string>
  confirm(url: URL): Promise<void>
}

/** @param get - the text at an address of SNS; throws CallFault when there is none */
export function openSnsClient(get: (url: URL) => Promise<string> = getPublic): SnsClient {
  const certificates = new LRUCache<string, string>({ max: 20, ttl: 24 * 3_600_000 })
  return {
    certificate: async (url) => {
      const kept = certificates.get(url.href)
      if (kept !== undefined) return kept
      const certificate = await get(url)
      certificates.set(url.href, certificate)
      return certificate
    },
    confirm: async (url) => void (await get(url)),
  }
}

async function getPublic(url: URL): Promise<string> {
  const call = { method: 'GET', allow: [], timeoutMs: 10_000, mostBytes: 64 * 1024 } as const
  const { status, body } = await callOut(url.href, call)
  if (status !== 200) throw new CallFault(`${url.hostname} answered ${status}.`)
  return body
}
