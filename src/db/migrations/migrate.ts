/** Applies prisma/migrations in order, and keeps `_prisma_migrations` as `prisma migrate` would. */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Problem } from '../../errors.js'
import type { Db } from '../client.js'
import { databaseFault } from '../database-fault.js'
import { bigint, boolean } from '../queries/sql-types.js'
import { runStatement, statement } from '../queries/statement.js'
import { bundledMigrations, type Migration } from './bundled.js'
import { isConcurrent, makeConcurrently } from './concurrent.js'
import { noteApplied, pendingAfterCheck } from './history.js'

// Any constant will do; it only has to be ours.
const lockKey = 7_209_114_507

/** On a live system: a change that waits for a lock holds up all who come after it, so it waits briefly, often. */
type Patience = { lockMs: number; tries: number; pauseMs: number }

const usualPatience: Patience = { lockMs: 2_000, tries: 100, pauseMs: 3_000 }

export type MigrateOptions = {
  onApplied?: (name: string) => void
  /** Each time that a lock was not to be had. */
  onWait?: (name: string) => void
  patience?: Patience
  /** Those that this version carries, unless a test says otherwise. */
  migrations?: Migration[]
}

/**
 * Brings the database to this version; two at once take turns, migration by migration, under a lock of a
 * transaction, which also holds behind a pooler. Each migration and its row commit together, so that a crash
 * leaves either both or neither; what is made CONCURRENTLY can't be in a transaction, and is made anew after a crash.
 * @returns the names applied now.
 * @throws Problem `conflict` when an applied migration has another text here, or one failed before; `unavailable`
 *   when a lock was not to be had for minutes.
 */
export async function migrate(db: Db, options: MigrateOptions = {}): Promise<string[]> {
  const applied: string[] = []
  for (let name = await applyNext(db, options); name !== null; name = await applyNext(db, options)) {
    applied.push(name)
    options.onApplied?.(name)
  }
  return applied
}

/** @returns the name of the one that was applied; null when there is none left. */
async function applyNext(db: Db, options: MigrateOptions): Promise<string | null> {
  const { patience = usualPatience } = options
  for (let tries = 1; ; tries += 1) {
    const client = await db.pool.connect()
    try {
      await takeTurn(client)
      const [next] = await pendingAfterCheck(client, options.migrations ?? (await bundledMigrations()))
      if (!next) return null
      if (await apply(db, client, next, patience)) return next.name
      if (tries >= patience.tries) {
        const detail = `Migration ${next.name} got no lock: end what holds it (pg_stat_activity), and migrate again.`
        throw new Problem('unavailable', detail)
      }
      options.onWait?.(next.name)
    } finally {
      // Closing the connection also ends a transaction that failed, whatever state it is in.
      client.release(true)
    }
    await sleep(patience.pauseMs)
  }
}

/**
 * Polls, since a statement that waits has a snapshot, for which what is made CONCURRENTLY would wait in turn.
 */
async function takeTurn(client: pg.PoolClient): Promise<void> {
  for (;;) {
    // Writing a large table anew takes as long as it takes, and so does waiting for whoever does.
    await client.query(
      'BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0',
    )
    const [row] = await runStatement(client, tryTurn, [lockKey.toString()])
    if (row?.taken) return
    await client.query('ROLLBACK')
    await sleep(200)
  }
}

const tryTurn = statement({
  text: 'SELECT pg_try_advisory_xact_lock($1::bigint) AS taken',
  parameters: [bigint],
  columns: { taken: boolean },
})

/** SQLSTATE of a lock that was not to be had within lock_timeout. */
const lockNotAvailable = '55P03'

/** @returns false when a lock was not to be had; nothing has changed then. */
async function apply(
  db: Db,
  client: pg.PoolClient,
  migration: Migration,
  patience: Patience,
): Promise<boolean> {
  try {
    if (isConcurrent(migration.sql)) await makeConcurrently(db, migration.sql)
    else {
      await client.query(`SET LOCAL lock_timeout = ${patience.lockMs}`)
      await client.query(migration.sql)
    }
    await noteApplied(client, migration)
    await client.query('COMMIT')
    return true
  } catch (error) {
    if (databaseFault(error)?.state === lockNotAvailable) return false
    throw new Problem('conflict', `Migration ${migration.name} failed and was undone.`, { cause: error })
  }
}
