/** Indexes that are made while others write: outside of transactions, and again where a crash left one unfinished. */
import type { Db } from '../client.js'
import { text } from '../queries/sql-types.js'
import { statement } from '../queries/statement.js'

/** A migration of one statement, as the rule of migrations has it. */
export const isConcurrent = (sql: string): boolean => /\bCONCURRENTLY\b/i.test(withoutComments(sql))

const withoutComments = (sql: string): string => sql.replaceAll(/--[^\n]*/g, '')

const findUnfinished = statement({
  text: `SELECT quote_ident(c.relname) AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND c.relname::text = $1 AND pg_table_is_visible(c.oid)`,
  parameters: [text],
  columns: { name: text },
})

export async function makeConcurrently(db: Db, sql: string): Promise<void> {
  const client = await db.pool.connect()
  try {
    await client.query('SET statement_timeout = 0')
    const name = /\bINDEX\s+CONCURRENTLY\s+IF\s+NOT\s+EXISTS\s+"?(\w+)"?/i.exec(withoutComments(sql))?.[1]
    const [unfinished] = name === undefined ? [] : await db.run(findUnfinished, [name])
    if (unfinished) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${unfinished.name}`)
    await client.query(sql)
  } finally {
    client.release(true)
  }
}
