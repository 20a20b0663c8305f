/** The files of src as text, without those that are generated. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type SourceFile = { path: string; text: string }

export const sourceFolder = fileURLToPath(new URL('../../src/', import.meta.url))

/** Paths are relative to src. */
export function sourceFiles(): SourceFile[] {
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith(join('db', 'generated')))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(sourceFolder, path), 'utf8') }))
}
