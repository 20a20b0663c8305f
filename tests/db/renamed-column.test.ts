/** A column that is renamed in the schema stops the type check in every file that asks for it. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { sourceFiles } from '../support/source-files.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const project = fileURLToPath(new URL('../../', import.meta.url))

/** Columns that models and typed SQL ask for, and the files that do. */
const renamed = [
  { field: 'keyId', column: 'key_id', users: ['http/admin/guard/desk-session.ts'] },
  {
    field: 'lastUsedAt',
    column: 'last_used_at',
    users: ['http/admin/guard/verify-key.ts', 'operations/keys/keys.ts'],
  },
  { field: 'previousUntil', column: 'previous_until', users: ['operations/webhooks/webhook-secret.ts'] },
]

const copy = mkdtempSync(join(tmpdir(), 'renamed-column-'))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** The names as whole words, so that `key_id` is not found in `monkey_id`. */
const names = new RegExp(`\\b(?:${renamed.flatMap(({ field, column }) => [field, column]).join('|')})\\b`)

function copyProject(): void {
  for (const name of ['src', 'prisma', 'prisma.config.ts', 'package.json', 'tsconfig.json']) {
    cpSync(join(project, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'))
}

function renameColumns(): void {
  const path = join(copy, 'prisma/schema.prisma')
  const schema = renamed.reduce(
    (text, { field, column }) => {
      const changed = text.replaceAll(
        new RegExp(`^(\\s+)${field}(\\s.*@map\\(")${column}("\\))`, 'gm'),
        '$1renamedField$2renamed_column$3',
      )
      expect(changed).not.toBe(text)
      return changed
        .replaceAll('renamedField', `${field}Renamed`)
        .replaceAll('renamed_column', `${column}_renamed`)
    },
    readFileSync(path, 'utf8'),
  )
  writeFileSync(path, schema)
}

/** @returns what the program wrote, also where it failed. */
const run = (program: string, ...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    const script = join(project, 'node_modules', program)
    execFile(process.execPath, [script, ...args], { cwd: copy, maxBuffer: 1e8 }, (_, out, faults) =>
      resolve(out + faults),
    )
  })

it('fails in every file that uses a renamed column, and in no other', { timeout: 600_000 }, async () => {
  copyProject()
  renameColumns()
  // Some have a word of their own that reads the same, and do not fail.
  const mentioning = sourceFiles().filter(({ text }) => names.test(text))
  writeFileSync(
    join(copy, 'tsconfig.copy.json'),
    JSON.stringify({
      extends: './tsconfig.json',
      include: [],
      files: mentioning.map(({ path }) => `src/${path}`),
    }),
  )
  expect(await run('prisma/build/index.js', 'generate')).toContain('Generated Kysely types')
  const faults = await run('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.copy.json')
  const failing = new Set(
    [...faults.matchAll(/^src\/(.+?)\(\d+,\d+\): error/gm)].map(([, path = '']) => path),
  )
  expect([...failing].toSorted()).toEqual(renamed.flatMap(({ users }) => users).toSorted())
})
