/** Watches a drill from beside: how far it is, and how long the rows of a lost worker wait. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../src/db/client.js'
import { until } from '../support/until.js'

const final = `('accepted', 'rejected', 'expired', 'left_out', 'cancelled')`

/** Resolves when so many rows of the edition are final; all of them means that it is `sent`. False at the deadline. */
export async function untilDone(
  db: Db,
  edition: number,
  wanted: number | 'all',
  deadline: number,
): Promise<boolean> {
  const reached = async () => {
    const [row] = await db.sql<{ done: number; status: string }>(
      `SELECT (SELECT count(*)::int FROM mail_owed WHERE edition_id = $1 AND status IN ${final}) AS done, status
       FROM edition WHERE id = $1`,
      [edition],
    )
    return wanted === 'all' ? row?.status === 'sent' : (row?.done ?? 0) >= wanted
  }
  return until(reached, { within: deadline - performance.now(), every: 50 }).then(
    () => true,
    () => false,
  )
}

/** Resolves when no worker holds a mail of the edition: what was on the wire is settled, the rest was given back. */
export async function untilNothingHeld(db: Db, edition: number, within = 10_000): Promise<void> {
  const held = `SELECT FROM batch WHERE edition_id = $1 AND status = 'claimed'
    UNION ALL SELECT FROM delivery WHERE edition_id = $1 AND status = 'claimed'`
  await until(async () => (await db.sql(held, [edition])).length === 0, { within, every: 50 })
}

/** Resolves when so many workers have told twice from now on that they are at work: they looked for mail between. */
export async function untilLooked(db: Db, workers: number): Promise<void> {
  for (const round of ['once', 'twice']) {
    const [from] = await db.sql<{ at: Date }>('SELECT clock_timestamp() AS at')
    const seen = () => db.sql('SELECT FROM worker WHERE seen_at > $1', [from?.at])
    await until(async () => (await seen()).length >= workers, {
      within: 20_000,
      every: 50,
      tell: () => round,
    })
  }
}

/** The database may be down at this moment: that is the drill. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const answers: T[] = []
  await until(async () => answers.push(await ask()), { within: 20_000, every: 100 })
  return answers[0] as T
}

export type Recovery = {
  /** Notes what is claimed now, when a worker has been lost at that time. */
  lost(at: number): Promise<void>
  /** The longest time, in seconds, until all that was claimed at a loss was settled or claimed anew. */
  end(): Promise<number>
}

export function watchRecovery(db: Db): Recovery {
  const waiting: { at: number; claims: string[] }[] = []
  let longest = 0
  const ended = new AbortController()
  const look = async () => {
    const claims = waiting.flatMap((one) => one.claims)
    if (claims.length === 0) return
    const rows = await patiently(() =>
      db.sql<{ claim: string }>(
        `SELECT claim FROM delivery WHERE claim = ANY ($1::uuid[]) UNION SELECT claim FROM batch WHERE claim = ANY ($1::uuid[])`,
        [claims],
      ),
    )
    const held = new Set(rows.map((row) => row.claim))
    for (const one of waiting.filter(({ claims }) => !claims.some((claim) => held.has(claim)))) {
      longest = Math.max(longest, performance.now() - one.at)
      waiting.splice(waiting.indexOf(one), 1)
    }
  }
  const loop = (async () => {
    while (!ended.signal.aborted) {
      await look()
      await sleep(200, undefined, { signal: ended.signal }).catch(() => {})
    }
    await look()
  })()
  return {
    lost: async (at) => {
      const rows = await patiently(() =>
        db.sql<{ claim: string }>(
          `SELECT claim FROM delivery WHERE status = 'claimed' UNION SELECT claim FROM batch WHERE status = 'claimed'`,
        ),
      )
      if (rows.length > 0) waiting.push({ at, claims: rows.map((row) => row.claim) })
    },
    end: async () => {
      ended.abort()
      await loop
      return (waiting.length > 0 ? Number.POSITIVE_INFINITY : longest) / 1_000
    },
  }
}
