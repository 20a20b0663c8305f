/** The migrations that this version of the service carries. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

export type Migration = { name: string; sql: string; checksum: string }

const folder = fileURLToPath(new URL('../../../prisma/migrations/', import.meta.url))

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
