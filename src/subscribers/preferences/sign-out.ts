/** Ends every link and session that opens a reader's preferences, when the reader wishes it. */
import type { Clock } from '../../clock.js'
import type { Tx } from '../../db/client.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { lockSubscriber } from '../lock.js'
import { endLinks } from './change-address.js'

/** @returns whether there is such a subscriber. */
export async function signOutEverywhere(
  tx: Tx,
  clock: Clock,
  subscriberId: number,
  evidence: Evidence,
): Promise<boolean> {
  if (!(await lockSubscriber(tx, subscriberId))) return false
  const at = clock.now()
  await endLinks(tx, subscriberId, at)
  await recordConsent(tx, subscriberId, 'sign-out', evidence, { at, atWill: true })
  return true
}
