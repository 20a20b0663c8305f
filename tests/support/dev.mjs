/** `npm run dev`: builds at each change and starts anew, on an embedded database with sample papers. */
import { spawn } from 'node:child_process'
import { mkdirSync, watch } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const env = { DATA_DIR: '.data/dev', ...process.env }
/** A build writes many files: the start waits until it has been quiet for so long. */
const quietMs = 300

const compiler = spawn(
  process.execPath,
  [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  { cwd: root, stdio: 'inherit' },
)

let service
let starting
let stopping = false

function start() {
  service = spawn(process.execPath, [at('dist/cli.js'), 'demo'], { cwd: root, stdio: 'inherit', env })
  const mine = service
  service.once('exit', (code) => {
    if (mine === service) service = undefined
    if (stopping) process.exit(0)
    if (code) console.error('It ended with a fault; the next change starts it anew.')
  })
}

async function restart() {
  const old = service
  if (old) {
    old.kill('SIGTERM')
    await new Promise((resolve) => old.once('exit', resolve))
  }
  if (!stopping) start()
}

function changed() {
  clearTimeout(starting)
  starting = setTimeout(() => void restart(), quietMs)
}

// The compiler's first output is the first start.
mkdirSync(at('dist'), { recursive: true })
for (const folder of ['dist', 'templates']) watch(at(folder), { recursive: true }, changed)

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopping = true
    clearTimeout(starting)
    compiler.kill()
    if (service) service.kill('SIGTERM')
    else process.exit(0)
  })
}
