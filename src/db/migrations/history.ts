/** Which migrations a database has had, in the table that `prisma migrate` keeps too. */
import { randomUUID } from 'node:crypto'
import { Problem } from '../../errors.js'
import type { Db } from '../client.js'
import type { Connection } from '../queries/connection.js'
import { boolean, nullable, text, timestamptz } from '../queries/sql-types.js'
import { type RowOf, runStatement, statement } from '../queries/statement.js'
import { bundledMigrations, type Migration } from './bundled.js'

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

/**
 * What is still to be applied of them.
 * @throws Problem `conflict` when an applied one has another text here, or one was begun by another tool.
 */
export async function pendingAfterCheck(client: Connection, bundled: Migration[]): Promise<Migration[]> {
  await client.query(table)
  const rows = await runStatement(client, begun, [])
  const applied = new Map(rows.map((row) => [row.name, row]))
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

export async function noteApplied(client: Connection, { name, checksum }: Migration): Promise<void> {
  await client.query(
    `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count)
     VALUES ($1, $2, clock_timestamp(), $3, 1)`,
    [randomUUID(), checksum, name],
  )
}
