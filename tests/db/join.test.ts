import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Db } from '../../src/db/client.js'
import { withJoined } from '../../src/db/join.js'
import { testDatabase } from '../support/test-database.js'

let db: Db

beforeAll(async () => {
  ;({ db } = await testDatabase())
  await db.sql('CREATE TABLE word (text TEXT PRIMARY KEY)')
})

beforeEach(async () => {
  await db.sql('TRUNCATE word')
})

/** A verb that opens a transaction of its own. */
const write = (db: Db, text: string) =>
  db.transaction(null, ({ sql: query }) => query('INSERT INTO word VALUES ($1)', [text]))
const words = async () =>
  (await db.sql<{ text: string }>('SELECT text FROM word ORDER BY 1')).map((r) => r.text)

describe('verbs with transactions of their own', () => {
  it('stand together', async () => {
    await withJoined(db, async (tx, query) => {
      await write(tx, 'a')
      expect(await words()).toEqual([])
      await query(`INSERT INTO word VALUES ('b')`)
      await tx.sql(`INSERT INTO word VALUES ('c')`)
    })
    expect(await words()).toEqual(['a', 'b', 'c'])
  })

  it('fall together', async () => {
    const failed = withJoined(db, async (tx) => {
      await write(tx, 'a')
      throw new Error('undone')
    })
    await expect(failed).rejects.toThrow('undone')
    expect(await words()).toEqual([])
  })

  it('may fail alone, as each of them would', async () => {
    await withJoined(db, async (tx) => {
      await write(tx, 'a')
      await expect(write(tx, 'a')).rejects.toThrow('word_pkey')
      await write(tx, 'b')
    })
    expect(await words()).toEqual(['a', 'b'])
  })

  it('refuse what could not take part', async () => {
    const asked = withJoined(db, async (tx) => tx.pool)
    await expect(asked).rejects.toThrow('pool of a database cannot take part')
  })
})
