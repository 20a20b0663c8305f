/** The file in DATA_DIR that tells how far each database had come when it was last seen. */
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { makeDataDir } from '../../config/data-dir.js'
import { messageOf } from '../../errors.js'
import type { Log } from '../../log.js'
import type { Seen } from './judge.js'

export type WitnessPlace = {
  dataDir: string
  /** Which database, by where it is; the embedded one lies in DATA_DIR itself. */
  database: string
  embedded: boolean
  /** Whether this process begins a file; one that is there is kept up by everybody. */
  writes: boolean
}

const time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$' })
const seenSchema = Type.Object({
  lineage: Type.String(),
  since: time,
  beatAt: time,
  timeline: Type.Integer(),
  lsn: Type.String({ pattern: '^\\d{1,20}$' }),
  head: Type.Union([Type.String({ pattern: '^[0-9a-f]{64}$' }), Type.Null()]),
})
const kept = Type.Object({
  /** Of the file itself: a copy of it has others. */
  inode: Type.String(),
  born: Type.String(),
  databases: Type.Record(Type.String(), seenSchema),
})
type Kept = Static<typeof kept>

const mostDatabases = 50

const pathIn = (dataDir: string) => join(dataDir, 'last-seen.json')

/** Names a database by its host, port and name; never by its password. */
export function databaseName(url: string): string {
  const { host, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? host}${pathname}`
}

/** @returns null where there is nothing to be read; a file that is broken is logged and passed over. */
export async function readWitnessFile(
  place: WitnessPlace,
  log: Log,
): Promise<{ seen: Seen; copied: boolean } | null> {
  try {
    const file = await readKept(place.dataDir)
    const seen = file?.databases[place.database]
    if (!file || !seen) return null
    return { seen, copied: place.embedded && (await isCopy(place.dataDir, file)) }
  } catch (error) {
    log.warn({ fault: messageOf(error) }, 'what was last seen of the database cannot be read')
    return null
  }
}

/** Puts the file in the place of the one before, whole or not at all. */
export async function writeWitnessFile({ dataDir, database }: WitnessPlace, seen: Seen): Promise<void> {
  await makeDataDir(dataDir)
  const before = await readKept(dataDir).catch(() => null)
  const others = Object.entries(before?.databases ?? {}).filter(([name]) => name !== database)
  const databases = Object.fromEntries([...others.slice(1 - mostDatabases), [database, seen]])
  const draft = `${pathIn(dataDir)}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      const { ino, birthtimeNs } = await file.stat({ bigint: true })
      const text: Kept = { inode: String(ino), born: String(birthtimeNs), databases }
      await file.writeFile(`${JSON.stringify(text)}\n`)
    } finally {
      await file.close()
    }
    await rename(draft, pathIn(dataDir))
  } finally {
    await rm(draft, { force: true })
  }
}

async function readKept(dataDir: string): Promise<Kept | null> {
  const text = await readFile(pathIn(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (text === null) return null
  const read: unknown = JSON.parse(text)
  if (!Value.Check(kept, read)) throw new Error('last-seen.json has another shape than ours')
  return read
}

/** Both, since some file systems give inodes anew, and others know no birth. */
async function isCopy(dataDir: string, { inode, born }: Kept): Promise<boolean> {
  const { ino, birthtimeNs } = await stat(pathIn(dataDir), { bigint: true })
  return String(ino) !== inode && String(birthtimeNs) !== born
}
