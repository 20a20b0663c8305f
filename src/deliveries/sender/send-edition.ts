/** Sends one edition from here until nothing is left to do, beside whatever workers do. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type EditionStatus, editionStatuses, publicStatuses, shownStatus } from '../../editions/edition.js'
import { int, oneOf } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import { setBounds } from '../rates/bounds.js'
import { oweEdition } from '../editions/owe-edition.js'
import { readHold } from '../../db/continuity/stamp.js'
import { type LaneParts, runBroadcastLane } from '../lanes/lanes.js'
import { openProgress, type Progress } from '../reports/progress.js'
import { keepLedger } from '../editions/rescue.js'

export type SendOptions = {
  onProgress?: (progress: Progress) => void
  /** Stops in order; the rest stays due. */
  signal?: AbortSignal
}

export type SendSummary = Progress & {
  /** `sent`, or what it was when sending stopped: `sending` (stopped, or rows are due much later), `paused` … */
  status: string
  /** True when every delivery was accepted or rightly left out. */
  whole: boolean
}

/** Rows that are due later than this, by their readers' own hour, are left to the worker. */
const patienceMs = 3 * 3_600_000
const lookMs = 500

/** @throws Problem `conflict` when the edition has no mail to send, `not-found` when there is none. */
export async function sendEdition(
  parts: LaneParts,
  editionId: number,
  { onProgress = () => {}, signal }: SendOptions = {},
): Promise<SendSummary> {
  const { db } = parts.services
  await setBounds(parts.services)
  await oweEdition(parts.services, editionId)
  const status = await statusOf(parts, editionId)
  if (!publicStatuses.includes(status)) {
    throw new Problem('conflict', `The edition is ${status}; there is no mail to send.`)
  }
  const stop = new AbortController()
  const lane = runBroadcastLane(parts, AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]), editionId)
  const look = openProgress(db, editionId)
  try {
    await watch(parts, editionId, look, onProgress, signal)
  } finally {
    stop.abort()
    await lane
  }
  await keepLedger(parts.services)
  return summaryOf(await look(), await statusOf(parts, editionId))
}

async function watch(
  parts: LaneParts,
  editionId: number,
  look: () => Promise<Progress>,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    if (signal?.aborted) return
    await keepLedger(parts.services)
    const started = performance.now()
    const progress = await look()
    onProgress(progress)
    const status = await statusOf(parts, editionId)
    if (status !== 'sending' && status !== 'frozen') return
    if (await readHold(parts.services.db)) return
    if (onlyLater(progress, parts.services.clock.now())) return
    // Counting a million rows must not become the work.
    const wait = Math.max(lookMs, 10 * (performance.now() - started))
    await sleep(wait, undefined, signal && { signal }).catch(() => {})
    if (status === 'frozen') await oweEdition(parts.services, editionId)
  }
}

const onlyLater = ({ byStatus, nextDueAt }: Progress, now: Date) =>
  byStatus.claimed === 0 && nextDueAt !== null && nextDueAt.getTime() > now.getTime() + patienceMs

function summaryOf(progress: Progress, status: string): SendSummary {
  const { accepted, left_out: leftOut } = progress.byStatus
  return { ...progress, status, whole: status === 'sent' && accepted + leftOut === progress.owed }
}

const readStatus = statement({
  text: `SELECT ${shownStatus} AS status FROM edition e WHERE id = $1`,
  parameters: [int],
  columns: { status: oneOf(editionStatuses) },
})

async function statusOf({ services }: LaneParts, editionId: number): Promise<EditionStatus> {
  const [row] = await services.db.run(readStatus, [editionId])
  if (!row) throw new Problem('not-found', `There is no edition ${editionId}.`)
  return row.status
}
