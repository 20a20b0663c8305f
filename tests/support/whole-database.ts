/** The whole database at a glance, for tests that say that nothing changed. */
import type { Db } from '../../src/db/client.js'

/** A mark of everything that each table holds, by its name: two are equal when nothing was changed. */
export async function wholeDatabase(db: Db): Promise<Record<string, string>> {
  const tables = await db.sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  )
  const marks: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await db.sql<{ mark: string }>(
      `SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) AS mark FROM "${name}" t`,
    )
    marks[name] = row?.mark ?? ''
  }
  return marks
}
