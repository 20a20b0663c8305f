/** Runs a program in TypeScript: `node tests/support/run.mjs FILE ARGUMENTS`; it does its work while it loads. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))
const file = resolve(process.argv[2] ?? '')
process.argv.splice(1, 2, file)
await runnerImport(file, { root, configFile: false, logLevel: 'error' })
