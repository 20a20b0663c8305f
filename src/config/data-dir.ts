/** The folder of DATA_DIR, which whoever needs it first makes. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { messageOf, Problem } from '../errors.js'

/**
 * Nobody else may look into it. Root's may be passed through, since Postgres runs as another account in a folder
 * of its own below it; what else is in there is for its owner alone.
 */
const mode = process.getuid?.() === 0 ? 0o711 : 0o700

/**
 * Makes it, and those above it, unless they are there.
 * @throws Problem `unavailable` that names the variable and the reason
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await make(resolve(dataDir), mode)
  } catch (error) {
    const detail = `DATA_DIR is ${dataDir}, which cannot be made: ${messageOf(error)}. Name a folder that may be written to.`
    throw new Problem('unavailable', detail, { cause: error })
  }
}

// Step by step: `recursive` never comes back below /proc (Node 20.20).
async function make(folder: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(folder, { mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' || code === 'EISDIR') return requireFolder(folder)
    const above = dirname(folder)
    if (code !== 'ENOENT' || (await isThere(above))) throw error
    await make(above)
    await make(folder, mode)
  }
}

async function requireFolder(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) throw new Error('it is a file')
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
