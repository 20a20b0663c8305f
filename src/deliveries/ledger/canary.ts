/** A random hundredth of a large edition goes first; when too many of those are refused, the edition is held. */
import type { Db } from '../../db/client.js'
import type { Queries } from '../../db/queries/queries.js'
import { int, nullable, present } from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import { moveEdition } from '../../editions/transitions.js'
import { goingOut } from './going-out.js'

/** A small edition is its own canary. */
export const smallest = 5_000
/** So many go first even where few are due with the first. */
const leastSize = 50
/** More refusals than this share, for good or for policy, and a human has to look. */
const badShare = 0.1
/** Fewer than that may be chance. */
const badLeast = 5

/**
 * How many rows go first; null for all at once. Claims take rows in the order in which they are due, and
 * `fanOut` makes those that chance has chosen due a moment before their like.
 * @param times how many rows are due at each time.
 */
export function canarySize(times: { at: Date; rows: number }[], percent: number): number | null {
  const rows = times.reduce((sum, time) => sum + time.rows, 0)
  if (percent === 0 || rows < smallest) return null
  const [first] = times.toSorted((a, b) => a.at.getTime() - b.at.getTime())
  return Math.max(leastSize, Math.min(first?.rows ?? 0, Math.ceil((rows * percent) / 100)))
}

const lockRoom = statement({
  text: 'SELECT canary_left AS left FROM edition WHERE id = $1 AND canary_left IS NOT NULL FOR UPDATE',
  parameters: [int],
  columns: { left: present(int) },
})

/** How many rows of the edition may be claimed; locks the edition while its canary is out. */
export async function canaryRoom(tx: Pick<Queries, 'run'>, editionId: number): Promise<number | null> {
  const [edition] = await tx.run(lockRoom, [editionId])
  return edition?.left ?? null
}

const takeRoom = statement({
  text: 'UPDATE edition SET canary_left = canary_left - $2 WHERE id = $1 AND canary_left IS NOT NULL',
  parameters: [int, int],
  columns: {},
})

export async function takeFromCanary(
  tx: Pick<Queries, 'run'>,
  editionId: number,
  rows: number,
): Promise<void> {
  await tx.run(takeRoom, [editionId, rows])
}

export type Verdict = 'wait' | 'go' | 'hold'

/** Rows of the canary by how they stand. */
export type CanaryCount = { size: number; tried: number; bad: number; running: number }

export function verdictOf({ tried, bad, running }: CanaryCount): Verdict {
  if (running > 0) return 'wait'
  return bad >= badLeast && bad / tried > badShare ? 'hold' : 'go'
}

const canariesOut = statement({
  text: `SELECT e.id, e.canary AS size, c.tried + b.accepted AS tried, c.bad, c.running + b.running AS running
     FROM edition e, LATERAL (
       SELECT count(*) FILTER (WHERE attempts > 0 OR status = 'in_doubt')::int AS tried,
         count(*) FILTER (WHERE status = 'rejected' OR (attempts > 0 AND status <> 'accepted'
           AND (code = 421 OR split_part(enhanced, '.', 2) = '7')))::int AS bad,
         count(*) FILTER (WHERE status = 'claimed')::int AS running
       FROM delivery WHERE edition_id = e.id AND (attempts > 0 OR status IN ('claimed', 'in_doubt'))
     ) c, LATERAL (
       SELECT coalesce(sum(bit_count(accepted)), 0)::int AS accepted,
         coalesce(sum(length(accepted) - bit_count(accepted | apart)) FILTER (WHERE status = 'claimed'), 0)::int AS running
       FROM batch WHERE edition_id = e.id AND (status = 'claimed' OR settles > 0)
     ) b WHERE e.status IN ${goingOut} AND e.canary_left = 0`,
  parameters: [],
  columns: { id: int, size: present(int), tried: int, bad: int, running: int },
})

type Out = RowOf<typeof canariesOut>

/** Decides over the canaries that are out; idempotent. @returns what was decided. */
export async function judgeCanaries(
  db: Db,
  now: Date,
): Promise<{ id: number; verdict: Verdict; count: CanaryCount }[]> {
  const editions: Out[] = await db.run(canariesOut, [])
  const decided = []
  for (const { id, ...count } of editions) {
    const verdict = verdictOf(count)
    if (verdict === 'hold') await hold(db, id, count, now)
    if (verdict === 'go') await letGo(db, id, count)
    decided.push({ id, verdict, count })
  }
  return decided
}

async function hold(db: Db, id: number, { bad, tried }: CanaryCount, now: Date): Promise<void> {
  const reason = `${bad} of the first ${tried} mails were refused`
  await moveEdition(db, id, 'holdCanary', { now, set: { reason, canary_left: null } })
}

const reopen = statement({
  text: `UPDATE edition SET canary_left = $2 WHERE id = $1 AND status IN ${goingOut} AND canary_left = 0`,
  parameters: [int, nullable(int)],
  columns: {},
})

/** Rows that were given back untried are claimed anew before the verdict. */
async function letGo(db: Db, id: number, { size, tried }: CanaryCount): Promise<void> {
  const again = tried < size / 2 ? size - tried : null
  await db.run(reopen, [id, again])
}
