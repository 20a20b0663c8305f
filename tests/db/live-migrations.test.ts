/** Migrations go into a system that is at work: which ones may, and that none holds anybody up. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Db } from '../../src/db/client.js'
import { bundledMigrations, type Migration } from '../../src/db/migrations/bundled.js'
import { migrate } from '../../src/db/migrations/migrate.js'
import { liveFaults } from '../support/live-rule.js'
import { testDatabase } from '../support/test-database.js'

/** The last one that was written before there was the rule. */
const before = '20261126110000'

describe('a migration', () => {
  it('keeps to the rule', async () => {
    const later = (await bundledMigrations()).filter(({ name }) => name > before)
    const faults = later.map(({ name, sql }) => [name, liveFaults(sql)])
    expect(faults.filter(([, found]) => (found ?? []).length > 0)).toEqual([])
  })

  it.each([
    ['CREATE INDEX "x" ON "paper"("title");', 'CONCURRENTLY'],
    ['CREATE UNIQUE INDEX x ON paper (title)', 'CONCURRENTLY'],
    ['CREATE INDEX CONCURRENTLY x ON paper (title)', 'IF NOT EXISTS'],
    ['CREATE INDEX CONCURRENTLY IF NOT EXISTS x ON paper (title); SELECT 1', 'stands alone'],
    ['ALTER TABLE "paper" ADD CONSTRAINT "x" CHECK (votes > 0)', 'NOT VALID'],
    ['ALTER TABLE paper ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES b(id) ON DELETE CASCADE', 'NOT VALID'],
    [
      'ALTER TABLE paper ADD CONSTRAINT x CHECK (a > 0) NOT VALID; ALTER TABLE paper VALIDATE CONSTRAINT x',
      'next migration',
    ],
    ['ALTER TABLE paper ADD CONSTRAINT x UNIQUE (title)', 'USING INDEX'],
    ['ALTER TABLE paper ALTER COLUMN title SET NOT NULL', 'whole table'],
    ['ALTER TABLE "paper" ALTER COLUMN "title" SET DATA TYPE VARCHAR(9)', 'add a column'],
    ['ALTER TABLE paper ADD COLUMN x INTEGER NOT NULL', 'DEFAULT'],
    ['ALTER TABLE paper ADD COLUMN x UUID DEFAULT gen_random_uuid()', 'writes the table anew'],
    ['ALTER TABLE paper ADD COLUMN x BIGSERIAL', 'writes the table anew'],
    ['ALTER TABLE paper DROP COLUMN title', 'release before'],
    ['ALTER TABLE paper RENAME COLUMN title TO name', 'release before'],
    ['DROP TABLE paper', 'release before'],
    ["UPDATE paper SET title = ''", 'piece by piece'],
    ['LOCK TABLE paper', 'everybody'],
  ])('is refused: %s', (sql, why) => {
    expect(liveFaults(sql).join()).toContain(why)
  })

  it.each([
    'CREATE TABLE new (id INT PRIMARY KEY, paper INT); CREATE INDEX n ON new (paper); ALTER TABLE new ADD CONSTRAINT f FOREIGN KEY (paper) REFERENCES paper(id);',
    'ALTER TABLE paper ADD COLUMN x INTEGER, ADD COLUMN y BOOLEAN NOT NULL DEFAULT false;',
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS x ON paper (title);',
    'ALTER TABLE paper ADD CONSTRAINT x CHECK (a > 0) NOT VALID;',
    'ALTER TABLE paper VALIDATE CONSTRAINT x;',
    '-- live: one row for each operator\nALTER TABLE api_key ALTER COLUMN name SET NOT NULL;',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ UPDATE paper SET votes = 1; SELECT 1 $$;',
  ])('passes: %s', (sql) => {
    expect(liveFaults(sql)).toEqual([])
  })
})

describe('beside a service that is at work', () => {
  let db: Db
  let bundled: Migration[]
  beforeEach(async () => {
    ;({ db } = await testDatabase())
    bundled = await bundledMigrations()
  })

  const planted = (sql: string): Migration => ({
    name: '29990101000000_planted',
    sql,
    checksum: '0'.repeat(64),
  })
  const patience = { lockMs: 100, tries: 3, pauseMs: 50 }

  it('one that finds no lock gives way, and is made once there is one', async () => {
    const migrations = [...bundled, planted('ALTER TABLE paper ADD COLUMN planted INT')]
    const waits: string[] = []
    const holder = await db.pool.connect()
    await holder.query('BEGIN; SELECT FROM paper LIMIT 1')
    const options = { migrations, patience, onWait: (name: string) => waits.push(name) }
    await expect(migrate(db, options)).rejects.toThrow('got no lock')
    expect(waits).toHaveLength(2)
    const patient = migrate(db, { ...options, patience: { ...patience, tries: 1_000 } })
    await expect.poll(() => waits.length).toBeGreaterThan(4)
    // Whoever comes behind it is held up for a moment at most.
    expect(await db.sql('SELECT FROM paper LIMIT 1')).toEqual([])
    await holder.query('COMMIT')
    holder.release()
    expect(await patient).toEqual(['29990101000000_planted'])
  })

  it('an index is made while others write, and anew where one was left unfinished', async () => {
    const sql = '-- A reason.\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS planted ON twice (id);'
    const migrations = [...bundled, planted(sql)]
    await db.sql('CREATE TABLE twice AS SELECT 1 AS id FROM generate_series(1, 2)')
    await expect(db.sql('CREATE UNIQUE INDEX CONCURRENTLY planted ON twice (id)')).rejects.toThrow('unique')
    await db.sql('DELETE FROM twice')
    const applied = await Promise.all([migrate(db, { migrations }), migrate(db, { migrations })])
    expect(applied.flat()).toEqual(['29990101000000_planted'])
    expect(
      await db.sql(`SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'planted'::regclass`),
    ).toEqual([{ valid: true }])
  })
})
