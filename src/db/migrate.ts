/** Applies prisma/migrations in order, and keeps `_prisma_migrations` as `prisma migrate` would. */
import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { Problem } from '../errors.js'
import type { Db } from './client.js'
import { boolean, nullable, text, timestamptz } from './queries/sql-types.js'
import { type RowOf, runStatement, statement } from './queries/statement.js'

export type Migration = { name: string; sql: string; checksum: string }

// Any constant will do; it only has to be ours.
const lockKey = 7_209_114_507

const folder = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url))

const table = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

/** The migrations that this version of the service carries, in order. */
export async function bundledMigrations(): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(names.sort().map(readMigration))
}

async function readMigration(name: string): Promise<Migration> {
  const bytes = await readFile(`${folder}${name}/migration.sql`)
  return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
}

/**
 * Brings the database to this version; two at once take turns, migration by migration, under a lock of the
 * transaction, which also holds behind a pooler. Each migration and its row commit together, so that a crash
 * leaves either both or neither.
 * @returns the names applied now.
 * @throws Problem `conflict` when an applied migration has another text here, or one failed before.
 */
export async function migrate(db: Db, onApplied: (name: string) => void = () => {}): Promise<string[]> {
  const client = await db.pool.connect()
  const applied: string[] = []
  try {
    for (let name = await applyNext(client); name !== null; name = await applyNext(client)) {
      applied.push(name)
      onApplied(name)
    }
    return applied
  } finally {
    // Closing the connection also ends a transaction that failed, whatever state it is in.
    client.release(true)
  }
}

/** @returns the name of the one that was applied; null when there is none left. */
async function applyNext(client: pg.PoolClient): Promise<string | null> {
  // Writing a large table anew takes as long as it takes, and so does waiting for whoever does.
  await client.query('BEGIN; SET LOCAL statement_timeout = 0')
  await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey])
  const [next] = await pendingAfterCheck(client)
  if (next) await apply(client, next)
  await client.query('COMMIT')
  return next?.name ?? null
}

const findHistory = statement({
  text: `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`,
  parameters: [],
  columns: { present: boolean },
})
const finished = statement({
  text: `SELECT migration_name::text AS name FROM "_prisma_migrations"
    WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  parameters: [],
  columns: { name: text },
})
const begun = statement({
  text: `SELECT migration_name::text AS name, checksum::text AS checksum, finished_at AS "finishedAt"
    FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
  parameters: [],
  columns: { name: text, checksum: text, finishedAt: nullable(timestamptz) },
})

/** The names of the migrations that are still to be applied; empty when the database is current. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const [history] = await db.run(findHistory, [])
  const done = history?.present ? await db.run(finished, []) : []
  const applied = new Set(done.map(({ name }) => name))
  return (await bundledMigrations()).map(({ name }) => name).filter((name) => !applied.has(name))
}

async function pendingAfterCheck(client: pg.PoolClient): Promise<Migration[]> {
  await client.query(table)
  const rows = await runStatement(client, begun, [])
  const applied = new Map(rows.map((row) => [row.name, row]))
  const bundled = await bundledMigrations()
  for (const migration of bundled) requireAgreement(migration, applied.get(migration.name))
  return bundled.filter((migration) => !applied.has(migration.name))
}

function requireAgreement(migration: Migration, row: RowOf<typeof begun> | undefined): void {
  if (!row) return
  if (!row.finishedAt) {
    throw new Problem('conflict', `Migration ${migration.name} was begun and not finished by another tool.`)
  }
  if (row.checksum !== migration.checksum) {
    throw new Problem(
      'conflict',
      `Migration ${migration.name} was applied with another text than it has now.`,
    )
  }
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql)
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, clock_timestamp(), $3, 1)`,
      [randomUUID(), migration.checksum, migration.name],
    )
  } catch (error) {
    throw new Problem('conflict', `Migration ${migration.name} failed and was undone.`, { cause: error })
  }
}
