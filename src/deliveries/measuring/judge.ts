/** Who may have followed a link or fetched a picture: a pure rule over what one request shows. */
import { isbot } from 'isbot'
import { isWithin, type Network, parseNetwork } from '../../network/addresses.js'

export type Request = {
  method: string
  userAgent: string | undefined
  /** Of Sec-Purpose, Purpose, X-Purpose and X-Moz, what is there. */
  purposes: readonly string[]
  ip: string
}

/**
 * - `person`: pressed a button on our page, which no scanner does.
 * - `likely`: nothing shows a machine; a person, in all likelihood.
 * - `unknown`: a picture was fetched, by a person or by their mailbox.
 * - `machine`: something shows it.
 */
export type Verdict = 'person' | 'likely' | 'unknown' | 'machine'

/** Nobody has read a mail so soon after our relay took it. */
const soonMs = 5_000

/**
 * Networks from which mail filters follow links, by the ranges that they publish for their mail hosts: Proofpoint,
 * Mimecast, Barracuda, Cisco, Broadcom, Forcepoint, Trend Micro, Sophos. Pictures are fetched from there for people.
 */
const filters: readonly Network[] = [
  '67.231.144.0/20',
  '148.163.128.0/18',
  '205.220.160.0/19',
  '170.10.128.0/21',
  '205.139.110.0/23',
  '207.211.30.0/23',
  '64.235.144.0/20',
  '209.222.80.0/21',
  '68.232.128.0/19',
  '67.219.240.0/20',
  '85.158.136.0/21',
  '193.109.254.0/23',
  '195.245.230.0/23',
  '216.82.240.0/20',
  '85.115.32.0/19',
  '86.111.216.0/21',
  '208.87.232.0/21',
  '150.70.0.0/16',
  '198.154.180.0/23',
]
  .map(parseNetwork)
  .filter((network) => network !== null)

/** @param acceptedAt - when our relay took the mail; null when nobody knows. */
export function judgeRequest(
  kind: 'open' | 'click',
  { method, userAgent, purposes, ip }: Request,
  acceptedAt: Date | null,
  now: Date,
): Verdict {
  const shown =
    method === 'HEAD' ||
    purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose)) ||
    !userAgent ||
    isbot(userAgent) ||
    (kind === 'click' && isWithin(ip, filters)) ||
    (acceptedAt !== null && now.getTime() - acceptedAt.getTime() < soonMs)
  if (shown) return 'machine'
  return kind === 'click' ? 'likely' : 'unknown'
}
