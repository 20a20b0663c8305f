/** How far a send is, how fast it goes and how long it will take. */
import type { Db } from '../../db/client.js'
import { openMails } from '../../deliveries/reports/progress.js'
import { countByStatus } from '../../deliveries/reports/report.js'
import type { Edition } from '../../editions/store.js'
import { workers } from '../figures/statistics.js'

export type SendProgress = {
  status: Edition['status']
  owed: number
  settled: number
  accepted: number
  /** Of all workers together. */
  perSecond: number
  /** Null while nothing moves. */
  secondsLeft: number | null
  /** When the next mail is due; past while mails go out, null when nothing is to come by itself. */
  nextDueAt: Date | null
  /** Mails in doubt that are held for a human. */
  held: number
}

/** @param counted - how its mails stand, where that has been asked: what is shown beside each other agrees. */
export async function sendProgress(
  db: Db,
  { id, status }: Edition,
  now: Date,
  counted?: Awaited<ReturnType<typeof countByStatus>>,
): Promise<SendProgress> {
  const byStatus = counted ?? (await countByStatus(db, id))
  const owed = Object.values(byStatus).reduce((sum, count) => sum + count, 0)
  const { accepted, rejected, expired, left_out, cancelled } = byStatus
  const settled = accepted + rejected + expired + left_out + cancelled
  const perSecond = (await workers(db, now)).reduce((sum, worker) => sum + worker.perSecond, 0)
  const secondsLeft = perSecond > 0 ? (owed - settled) / perSecond : null
  const { held, nextDueAt } = await openMails(db, id)
  return { status, owed, settled, accepted, perSecond, secondsLeft, nextDueAt, held }
}
