/**
 * The SQL that would bring a database to what schema.prisma says; empty where they agree.
 * `DATABASE_URL=… node prisma/schema-diff.mjs [--from-empty]` prints it, to start a migration from.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

const wasmPath = fileURLToPath(
  new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')),
)

/**
 * adapter-pg knows no type for the catalogue's one-byte "char" columns and refuses them; the engine needs
 * them as characters. So they are read as text, and marked for what they are on the way to the engine.
 */
class CatalogueClient extends pg.Client {
  query(...given) {
    const callback = given.at(-1)
    if (typeof callback !== 'function') return super.query(...given).then(showCharAsText)
    return super.query(...given.slice(0, -1), (error, result) => callback(error, showCharAsText(result)))
  }
}

function showCharAsText(result) {
  for (const field of result?.fields ?? []) {
    if (field.dataTypeID !== pg.types.builtins.CHAR) continue
    field.dataTypeID = pg.types.builtins.TEXT
    charColumns.add(field.name)
  }
  return result
}

const charColumns = new Set()

function markChars(adapter) {
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (query) => {
    charColumns.clear()
    const result = await queryRaw(query)
    const mark = (type, i) => (charColumns.has(result.columnNames[i]) ? ColumnTypeEnum.Character : type)
    return { ...result, columnTypes: result.columnTypes.map(mark) }
  }
  return adapter
}

let loading

// The bindings keep one instance in module state, so that it can only be loaded once.
async function loadEngine() {
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), {
    './schema_engine_bg.js': bindings,
  })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
}

async function openEngine(pool, datamodel) {
  loading ??= loadEngine()
  await loading
  const factory = new PrismaPg(pool)
  const connect = factory.connect.bind(factory)
  factory.connect = async () => markChars(await connect())
  const adapter = bindMigrationAwareSqlAdapterFactory(factory)
  return bindings.SchemaEngine.new({ datamodels: [['schema.prisma', datamodel]] }, () => {}, adapter)
}

/** @param {string} url @param {boolean} fromEmpty @returns {Promise<string>} */
export async function schemaDiff(url, fromEmpty = false) {
  const datamodel = readFileSync(new URL('schema.prisma', import.meta.url), 'utf8')
  const pool = new pg.Pool({ connectionString: url, Client: CatalogueClient, max: 1 })
  const engine = await openEngine(pool, datamodel)
  const files = [{ path: 'schema.prisma', content: datamodel }]
  const result = await engine.diff({
    from: fromEmpty ? { tag: 'empty' } : { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  await pool.end()
  return result.stdout ?? ''
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(await schemaDiff(process.env.DATABASE_URL, process.argv.includes('--from-empty')))
  process.exit(0)
}
