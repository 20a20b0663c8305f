/** No row type is asserted by hand: rows come from models, typed SQL or checked statements. */
import { describe, expect, it } from 'vitest'
import { type SourceFile, sourceFiles } from '../support/source-files.js'

/** Ways to say what rows are without anybody checking it. */
const assertions = [
  /\b(?:sql|query|queryRaw\w*|cast|castTo|fn|val|lit)<(?!R\b)[^(`=]{0,300}[(`]/,
  /\.fn(?:\.\w+)?<|\$(?:castTo|narrowType|asTuple|assertType|queryRaw|executeRaw)\b/,
  /\bas never\b/,
  /(?:\.sql|(?<!client\.)\bquery|\bsql)\(\s*['"`]/,
]

/** Files of db/ that are the ways themselves. */
const ways = new Set([
  'db/queries/tables.ts',
  'db/open-transaction.ts',
  'db/client.ts',
  'db/queries/models.ts',
  'db/queries/statement.ts',
])

const asserts = ({ text }: SourceFile): boolean => assertions.some((assertion) => assertion.test(text))

describe('rows', () => {
  it('are asserted by hand nowhere', () => {
    const found = sourceFiles().filter((file) => !ways.has(file.path) && asserts(file))
    expect(found.map(({ path }) => path)).toEqual([])
  })

  it.each([
    'const rows = await db.sql<{ id: number }>(`SELECT id FROM paper`)',
    "await query<Row>('SELECT 1')",
    'sql<string>`lower(email)`',
    "eb.fn<number>('count', ['id'])",
    "eb.fn.count<number>('id')",
    "await tx.sql('SELECT 1')",
    'await query(`DELETE FROM paper`)',
    'return rows as never',
    'await prisma.$queryRaw<Row[]>`SELECT 1`',
  ])('would be found here: %s', (text) => {
    expect(asserts({ path: 'planted.ts', text })).toBe(true)
  })

  it.each([
    "tx.tables.selectFrom('paper').select('id').execute()",
    "eb.fn.count('id')",
    'await tx.run(paperCount, [day])',
    "const reader = narrow('subscriber', await tx.models.subscriber.findUniqueOrThrow({ where }))",
  ])('is not found here: %s', (text) => {
    expect(asserts({ path: 'planted.ts', text })).toBe(false)
  })
})
