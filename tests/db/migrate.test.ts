import { beforeAll, describe, expect, it } from 'vitest'
import { schemaDiff } from '../../prisma/schema-diff.mjs'
import type { Db } from '../../src/db/client.js'
import { bundledMigrations } from '../../src/db/migrations/bundled.js'
import { migrate } from '../../src/db/migrations/migrate.js'
import { pendingMigrations } from '../../src/db/migrations/history.js'
import { testDatabase } from '../support/test-database.js'

let db: Db
let url: string

beforeAll(async () => {
  ;({ db, url } = await testDatabase())
})

describe('migrations', () => {
  it('bring the database to what schema.prisma says', async () => {
    expect((await schemaDiff(url)).trim()).toBe('-- This is an empty migration.')
  })

  it('are found missing by the comparison when one is', async () => {
    await db.sql('ALTER TABLE subscriber DROP COLUMN source')
    expect(await schemaDiff(url)).toContain('ADD COLUMN     "source"')
    await db.sql('ALTER TABLE subscriber ADD COLUMN source TEXT')
  })

  it('leave the rows that prisma migrate writes', async () => {
    const rows = await db.sql(
      'SELECT migration_name, checksum, applied_steps_count, finished_at IS NOT NULL AS finished FROM "_prisma_migrations" ORDER BY migration_name',
    )
    const bundled = await bundledMigrations()
    expect(rows).toEqual(
      bundled.map(({ name, checksum }) => ({
        migration_name: name,
        checksum,
        applied_steps_count: 1,
        finished: true,
      })),
    )
  })

  it('are applied once by two that start at the same time', async () => {
    await db.sql('DROP SCHEMA public CASCADE')
    await db.sql('CREATE SCHEMA public')
    expect(await pendingMigrations(db)).toHaveLength((await bundledMigrations()).length)
    const applied = await Promise.all([migrate(db), migrate(db)])
    expect(applied.flat()).toHaveLength((await bundledMigrations()).length)
    expect(await pendingMigrations(db)).toEqual([])
  })

  it('refuse a database whose migration has another text', async () => {
    await db.sql(`UPDATE "_prisma_migrations" SET checksum = repeat('0', 64)`)
    await expect(migrate(db)).rejects.toThrow('another text')
  })
})
