/** Takes tokens of the domains' buckets for mails that are being claimed; those for which there are none wait. */
import type { Queries } from '../../db/queries/queries.js'
import { allot } from '../throttle/throttle.js'
import { lockBuckets, writeBuckets } from '../throttle/throttle-store.js'

/** @returns when each of those that wait may go. */
export async function putOff(
  tx: Queries,
  mails: { id: string; domain: string }[],
  now: Date,
): Promise<Map<string, Date>> {
  if (mails.length === 0) return new Map()
  const buckets = await lockBuckets(tx, 'domain', [...new Set(mails.map(({ domain }) => domain))])
  if (buckets.length === 0) return new Map()
  const allotment = allot(mails, buckets, now, Math.random)
  await writeBuckets(tx, 'domain', allotment.buckets)
  return allotment.postponed
}
