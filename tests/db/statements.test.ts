/** Each checked statement is prepared on a migrated database and compared with what it says of itself. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Type } from 'typebox'
import { afterAll, describe, expect, it } from 'vitest'
import { int, json, nullable, oneOf, present, text, timestamptz } from '../../src/db/queries/sql-types.js'
import { allStatements, type Statement, variantsDeclared } from '../../src/db/queries/statement.js'
import { describeStatement, differences } from '../support/describe-statement.js'
import { sourceFiles, sourceFolder } from '../support/source-files.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()
const client = await db.pool.connect()
afterAll(() => client.release())

const declares = sourceFiles().filter(({ text }) => /= (?:statement|variants)\(/.test(text))
for (const { path } of declares) await import(pathToFileURL(join(sourceFolder, path)).href)

const check = async (stated: Statement): Promise<string[]> =>
  differences(stated, await describeStatement(client, stated.text))

describe('checked statements', () => {
  it('are all declared where the import of their module registers them', () => {
    const declared = declares.flatMap(({ text }) => text.match(/\bstatement\(\{/g) ?? [])
    expect(declared.length).toBeGreaterThan(0)
    expect(allStatements()).toHaveLength(declared.length + variantsDeclared())
  })

  it.each(allStatements().map((stated) => [stated.text.replaceAll(/\s+/g, ' ').trim().slice(0, 70), stated]))(
    'says what Postgres says: %s',
    async (_, stated) => {
      expect(await check(stated as Statement)).toEqual([])
    },
  )
})

describe('the comparison', () => {
  const select = 'SELECT id, cleared_at AS "clearedAt", 1 AS one FROM alert WHERE kind = $1'
  const columns = { id: int, clearedAt: nullable(timestamptz), one: int }

  it('finds nothing where all is right', async () => {
    expect(await check({ text: select, parameters: [text], columns })).toEqual([])
  })

  it('finds a parameter of another type, and one too few', async () => {
    expect(await check({ text: select, parameters: [int], columns })).toEqual([
      'parameters: stated int4; are text',
    ])
    expect(await check({ text: select, parameters: [], columns })).toHaveLength(1)
  })

  it('finds a column of another name or type, and one too many', async () => {
    const { clearedAt: _, ...without } = columns
    expect(await check({ text: select, parameters: [text], columns: { ...columns, id: text } })).toHaveLength(
      1,
    )
    expect(await check({ text: select, parameters: [text], columns: without })).toHaveLength(1)
    expect(await check({ text: select, parameters: [text], columns: { ...columns, two: int } })).toHaveLength(
      1,
    )
  })

  it('finds a column that may be null', async () => {
    const stated = { text: select, parameters: [text], columns: { ...columns, clearedAt: timestamptz } }
    expect(await check(stated)).toEqual(['clearedAt may be null in its table'])
    const asserted = { ...stated, columns: { ...columns, clearedAt: present(timestamptz) } }
    expect(await check(asserted)).toEqual([])
  })

  it('hears Postgres refuse a column that there is not', async () => {
    await expect(check({ text: 'SELECT nothing FROM alert', parameters: [], columns: {} })).rejects.toThrow(
      'nothing',
    )
  })
})

describe('a row', () => {
  it('is what its statement says, or an error', async () => {
    const asked = (sql: string, type: Statement['columns'][string]) =>
      db.run({ text: `SELECT ${sql} AS it`, parameters: [], columns: { it: type } }, [])
    const shape = Type.Object({ a: Type.Number() })
    expect(await asked(`'{"a": 1}'::jsonb`, json(shape))).toEqual([{ it: { a: 1 } }])
    expect(await asked('NULL::text', nullable(text))).toEqual([{ it: null }])
    await expect(asked(`'{"a": "1"}'::jsonb`, json(shape))).rejects.toThrow('shape')
    await expect(asked('NULL::text', text)).rejects.toThrow('column it is null')
    await expect(asked(`'c'::text`, oneOf(['a', 'b']))).rejects.toThrow('none of a, b')
  })
})
