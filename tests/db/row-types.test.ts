/** No row type is asserted by hand: rows come from models, typed SQL or checked statements. */
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type SourceFile, sourceFiles } from '../support/source-files.js'

/** Ways to say what rows are without anybody checking it. */
const assertions = [
  /\b(?:sql|query|queryRaw\w*|cast|castTo|fn|val|lit|rows?)<(?!R\b)[^>()]*>+[(`]/,
  /\.fn(?:\.\w+)?<|\$(?:castTo|narrowType|asTuple|assertType|queryRaw|executeRaw)\b/,
  /\bas never\b/,
  /(?:\.sql|\bquery|\bsql)\(\s*['"`]/,
]

/** By name, since folders are moved at the same time. The list only shrinks: whoever converts a file takes it out. */
const notConverted = [
  'accept-address.ts',
  'add.ts',
  'audience.ts',
  'audit.ts',
  'browse.ts',
  'build.ts',
  'canary.ts',
  'candidates.ts',
  'change-address.ts',
  'change.ts',
  'claim.ts',
  'client.ts',
  'compose.ts',
  'confirm.ts',
  'curation.ts',
  'deliveries.ts',
  'due.ts',
  'edit.ts',
  'editions-open.ts',
  'edits.ts',
  'erase.ts',
  'evidence.ts',
  'export.ts',
  'fan-out.ts',
  'fill.ts',
  'freeze.ts',
  'guard.ts',
  'health.ts',
  'heartbeat.ts',
  'hits.ts',
  'idempotent-store.ts',
  'import-store.ts',
  'import.ts',
  'inspect.ts',
  'job.ts',
  'keys.ts',
  'leave.ts',
  'list.ts',
  'look.ts',
  'migrate.ts',
  'months.ts',
  'owe.ts',
  'own-data.ts',
  'place.ts',
  'pool.ts',
  'preferences.ts',
  'progress.ts',
  'read.ts',
  'reader.ts',
  'reads.ts',
  'refusals.ts',
  'related.ts',
  'relay-turns.ts',
  'renew.ts',
  'report.ts',
  'retention.ts',
  'retry-deliveries.ts',
  'runs.ts',
  'search.ts',
  'send-edition.ts',
  'send-now.ts',
  'send.ts',
  'server.ts',
  'session.ts',
  'settings.ts',
  'settle.ts',
  'signup-store.ts',
  'source-state.ts',
  'statistics.ts',
  'steer.ts',
  'store.ts',
  'subscriber-steps.ts',
  'suppress.ts',
  'suppressions.ts',
  'throttle-store.ts',
  'throttle.ts',
  'tidy.ts',
  'to-query.ts',
  'turn.ts',
  'verify-key.ts',
  'watch.ts',
  'webhook-secret.ts',
]

/** Files of db/ that are the ways themselves. */
const ways = new Set(['db/tables.ts', 'db/transaction.ts', 'db/client.ts', 'db/models.ts', 'db/statement.ts'])

const asserts = ({ text }: SourceFile): boolean => assertions.some((assertion) => assertion.test(text))

describe('rows', () => {
  it('are asserted by hand nowhere but in files that are not converted yet', () => {
    const found = sourceFiles().filter((file) => !ways.has(file.path) && asserts(file))
    const names = [...new Set(found.map(({ path }) => basename(path)))].toSorted()
    expect(names).toEqual(notConverted)
  })

  it.each([
    'const rows = await db.sql<{ id: number }>(`SELECT id FROM paper`)',
    "await query<Row>('SELECT 1')",
    'sql<string>`lower(email)`',
    "eb.fn<number>('count', ['id'])",
    "eb.fn.count<number>('id')",
    "await tx.sql('SELECT 1')",
    'await query(`DELETE FROM paper`)',
    'return rows as never',
    'await prisma.$queryRaw<Row[]>`SELECT 1`',
  ])('would be found here: %s', (text) => {
    expect(asserts({ path: 'planted.ts', text })).toBe(true)
  })

  it.each([
    "tx.tables.selectFrom('paper').select('id').execute()",
    "eb.fn.count('id')",
    'await tx.run(paperCount, [day])',
    "const reader = narrow('subscriber', await tx.models.subscriber.findUniqueOrThrow({ where }))",
  ])('is not found here: %s', (text) => {
    expect(asserts({ path: 'planted.ts', text })).toBe(false)
  })
})
