/** Where the recorded inputs lie, on a machine that has them: `RECORDED_PAPERS`, or beside the checkout. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const candidates = [process.env['RECORDED_PAPERS'], '../shared/papers', '../../shared/papers']
const root = candidates.find((path) => path && existsSync(join(path, 'daily')))

/** The folder of recorded inputs, or null after saying aloud that tests with them are left out. */
export function recordedFolder(what: string): string | null {
  if (root) return resolve(root)
  console.warn(`left out: ${what} (no recorded inputs; set RECORDED_PAPERS to their folder)`)
  return null
}
