/**
 * Every operation of /openapi.json called many times with sound and broken values. FUZZ_CALLS sets how many calls each
 * gets (40 in the ordinary run, 100 in `npm run fuzz`), FUZZ_SEED which ones, FUZZ_ONLY a part of the paths.
 */
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildEdition } from '../../src/editions/building/build.js'
import { buildServer } from '../../src/http/server.js'
import { type ArxivStandIn, startArxivStandIn } from '../support/arxiv-stand-in.js'
import { foundPaper, keepPapers } from '../support/kept-papers.js'
import { type Call, callOf, type Operation, operationsOf } from '../support/openapi-fuzz.js'
import { type JsonSchema, Maker, randomFrom } from '../support/schema-values.js'
import { stoppedClock, testServices } from '../support/services.js'
import { shownPapers } from '../support/shown-papers.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const calls = Number(process.env['FUZZ_CALLS'] ?? 40)
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_123)
const only = process.env['FUZZ_ONLY'] ?? ''
const key = 'an-admin-key-for-tests-0123456789abcdef'

let app: FastifyInstance
let arxiv: ArxivStandIn
let operations: Operation[]

beforeAll(async () => {
  const { db } = await testDatabase()
  const clock = stoppedClock('2026-08-10T08:00:00Z')
  arxiv = await startArxivStandIn({ '2608.01234': { title: 'A title', abstract: 'What it says.' } })
  const env = { ADMIN_KEY: key, EDITION_SIZE: '4', ARXIV_API_URL: arxiv.url }
  const services = await testServices(db, env, { clock })
  const found = shownPapers(6).map(({ id, title, summary, authors, votes }) =>
    foundPaper({ id, title, abstract: summary, authors, votes }),
  )
  await keepPapers(db, '2026-08-05', [...found, foundPaper({ id: 'math/0309136' })])
  await buildEdition(services, 'daily', '2026-08-05')
  app = await buildServer(services)
  const document = (await app.inject('/openapi.json')).json<Parameters<typeof operationsOf>[0]>()
  operations = operationsOf(document).filter(({ path }) => path.includes(only))
})
afterAll(async () => {
  await app.close()
  await arxiv.close()
})

const known = [
  '1',
  '2026-08-05',
  '2026-W32',
  'math',
  '0309136',
  shownPapers(1)[0]?.id ?? '',
  'reader@example.org',
  'daily',
]

it('no call ends in a fault of ours, an unlisted status or an answer outside its schema', {
  timeout: 3_600_000,
}, async () => {
  const faults: string[] = []
  let made = 0
  for (const [index, operation] of operations.entries()) {
    const make = new Maker(randomFrom(seed + index), known)
    for (let i = 0; i < calls; i += 1) {
      const call = callOf(operation, make, [0, 0.05, 0.3][i % 3] ?? 0)
      made += 1
      const fault = await tryCall(operation, call, i % 20 !== 19)
      if (fault) faults.push(`${fault}\n    ${JSON.stringify(call).slice(0, 600)}`)
    }
  }
  console.info(`fuzz: ${made} calls of ${operations.length} operations, seed ${seed}`)
  expect(distinct(faults)).toEqual([])
  expect(operations.length).toBeGreaterThan(only ? 0 : 15)
})

/** One of each kind is enough to read. */
function distinct(faults: string[]): string[] {
  return [...new Map(faults.map((fault) => [fault.split('\n')[0], fault])).values()]
}

async function tryCall(operation: Operation, call: Call, signed: boolean): Promise<string | null> {
  const headers = { ...call.headers, ...(signed ? { authorization: `Bearer ${key}` } : {}) }
  const name = `${operation.method} ${operation.path}`
  const answer = await app.inject({ ...call, method: call.method as 'GET', headers })
  const status = String(answer.statusCode)
  if (answer.statusCode >= 500) return `${name}: ${status} ${answer.body.slice(0, 200)}`
  // A value that leaves nothing of a path, or changes it, asks for another route.
  if (isElsewhere(operation, call.url)) return null
  const listed = operation.answers[status]
  if (listed === undefined) return `${name}: unlisted ${status} ${answer.body.slice(0, 200)}`
  if (listed === null || answer.body === '') return null
  const type = String(answer.headers['content-type']).split(';')[0] ?? ''
  const schema = listed[type]
  if (!schema) return `${name}: ${status} as unlisted ${type}`
  if (!type.includes('json')) return null
  const check = validator(schema)
  return check(answer.json())
    ? null
    : `${name}: ${status} outside its schema: ${ajv.errorsText(check.errors)}`
}

function isElsewhere(operation: Operation, url: string): boolean {
  const path = url.split('?')[0] ?? ''
  const pattern = operation.path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')
  return !new RegExp(`^${pattern}$`).test(path) || /\/(\.|%2e){1,2}(\/|$)/i.test(path)
}

const ajv = new Ajv2020.default({ strict: false, allErrors: false })
addFormats.default(ajv)
const compiled = new Map<JsonSchema, ValidateFunction>()

function validator(schema: JsonSchema): ValidateFunction {
  const known = compiled.get(schema)
  if (known) return known
  const made = ajv.compile(schema)
  compiled.set(schema, made)
  return made
}
