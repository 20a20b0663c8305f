import { beforeEach, describe, expect, it } from 'vitest'
import { databaseFault } from '../../src/db/database-fault.js'
import { timeouts } from '../../src/db/open-transaction.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()
const at = new Date('2026-08-04T06:00:00Z')

beforeEach(async () => {
  await db.models.setting.deleteMany()
})

const names = async () =>
  (await db.models.setting.findMany({ orderBy: { name: 'asc' } })).map(({ name }) => name)

describe('a transaction', () => {
  it('offers models, typed SQL and statements on one connection', async () => {
    await db.transaction('request', async (tx) => {
      await tx.models.setting.create({ data: { name: 'a', value: 1, updatedAt: at } })
      await tx.tables.insertInto('setting').values({ name: 'b', value: '2', updated_at: at }).execute()
      await tx.sql(`INSERT INTO setting VALUES ('c', '3', now())`)
      expect(await tx.models.setting.count()).toBe(3)
      expect(await tx.tables.selectFrom('setting').select('name').execute()).toHaveLength(3)
      expect(await names()).toEqual([])
    })
    expect(await names()).toEqual(['a', 'b', 'c'])
  })

  it('is undone whole when its work throws', async () => {
    const failed = db.transaction('request', async (tx) => {
      await tx.models.setting.create({ data: { name: 'a', value: 1, updatedAt: at } })
      await tx.tables.insertInto('setting').values({ name: 'b', value: '2', updated_at: at }).execute()
      throw new Error('undone')
    })
    await expect(failed).rejects.toThrow('undone')
    expect(await names()).toEqual([])
  })

  it('undoes what failed within a savepoint alone', async () => {
    await db.transaction('request', async (tx) => {
      const create = (name: string) => tx.models.setting.create({ data: { name, value: 1, updatedAt: at } })
      await create('a')
      const twice = tx.savepoint(async () => {
        await create('b')
        await create('a')
      })
      await expect(twice).rejects.toThrow('Unique constraint')
      await create('c')
    })
    expect(await names()).toEqual(['a', 'c'])
  })

  it('fails where its work swallowed the failure of a statement', async () => {
    const swallowed = db.transaction('request', async (tx) => {
      await tx.models.setting.create({ data: { name: 'a', value: 1, updatedAt: at } })
      await tx.sql('SELECT 1 / 0').catch(() => {})
    })
    await expect(swallowed).rejects.toThrow('undone')
    expect(await names()).toEqual([])
  })

  it('answers nothing after its end', async () => {
    const kept = await db.transaction('request', async (tx) => tx)
    const askedModels = await db.transaction('request', async (tx) => {
      await tx.models.setting.count()
      return tx
    })
    await expect(askedModels.models.setting.count()).rejects.toThrow('after the end')
    await expect(kept.sql('SELECT 1')).rejects.toThrow('after its end')
    await expect(kept.models.setting.count()).rejects.toThrow('after the end')
    await expect(kept.tables.selectFrom('setting').select('name').execute()).rejects.toThrow('after its end')
  })

  it('keeps nested writes of a model together with the rest', async () => {
    await db.transaction('request', async (tx) => {
      const run = await tx.models.importRun.create({
        data: {
          dryRun: false,
          who: 'a test',
          startedAt: at,
          updatedAt: at,
          faults: { create: [{ line: 1, reason: 'no address' }] },
        },
      })
      const faults = await tx.tables
        .selectFrom('import_fault')
        .where('run_id', '=', run.id)
        .selectAll()
        .execute()
      expect(faults).toEqual([{ run_id: run.id, line: 1, reason: 'no address' }])
      expect(await db.models.importRun.count()).toBe(0)
    })
    expect(await db.models.importRun.count()).toBe(1)
  })

  it('lets Postgres cut a statement off at the time-out', async () => {
    const limits = await db.transaction('request', (tx) =>
      tx.sql<{ statement_timeout: string }>('SHOW statement_timeout'),
    )
    expect(limits).toEqual([{ statement_timeout: `${timeouts.request / 1000}s` }])
    expect(await db.sql('SHOW statement_timeout')).toEqual([{ statement_timeout: '1min' }])
  })
})

describe('what Postgres gave up', () => {
  it('is done again: of two transactions that wait for each other both get through', async () => {
    await db.models.setting.createMany({
      data: ['a', 'b'].map((name) => ({ name, value: 0, updatedAt: at })),
    })
    let tries = 0
    let arrived = 0
    let meet = () => {}
    const bothHoldOne = new Promise<void>((resolve) => (meet = resolve))
    const touch = (first: string, second: string) =>
      db.transaction('request', async (tx) => {
        tries += 1
        await tx.models.setting.update({ where: { name: first }, data: { value: 1 } })
        if (++arrived === 2) meet()
        await bothHoldOne
        await tx.models.setting.update({ where: { name: second }, data: { value: 1 } })
      })
    await Promise.all([touch('a', 'b'), touch('b', 'a')])
    expect(tries).toBe(3)
  })
})

describe('databaseFault', () => {
  const taken = { name: 'a', value: 1, updatedAt: at }
  const fails = (work: Promise<unknown>) => work.then(() => undefined, databaseFault)

  it('reads state and constraint from the errors of models, typed SQL and statements alike', async () => {
    await db.models.setting.create({ data: taken })
    const typed = () =>
      db.tables.insertInto('setting').values({ name: 'a', value: '1', updated_at: at }).execute()
    const unique = { state: '23505', constraint: 'setting_pkey' }
    expect(await fails(db.models.setting.create({ data: taken }))).toEqual(unique)
    expect(await fails(typed())).toEqual(unique)
    expect(await fails(db.sql(`INSERT INTO setting VALUES ('a', '1', now())`))).toEqual(unique)
    expect(await fails(db.transaction('request', (tx) => tx.models.setting.create({ data: taken })))).toEqual(
      unique,
    )
  })

  it('names check and foreign key constraints', async () => {
    const run = { dryRun: false, who: 'a test', startedAt: at, updatedAt: at, finishedAt: at }
    const check = { state: '23514', constraint: 'import_run_status_known' }
    expect(await fails(db.models.importRun.create({ data: { ...run, status: 'odd' } }))).toEqual(check)
    const fault = { runId: 0, line: 1, reason: 'none' }
    expect(await fails(db.models.importFault.create({ data: fault }))).toEqual({
      state: '23503',
      constraint: 'import_fault_run_id_fkey',
    })
  })

  it('knows nothing of other errors', () => {
    expect(databaseFault(new Error('no'))).toBeUndefined()
    expect(databaseFault(Object.assign(new Error('no'), { code: 'EPIPE' }))).toBeUndefined()
    expect(databaseFault(undefined)).toBeUndefined()
  })
})
