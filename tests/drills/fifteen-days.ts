/** The whole way by command line: recorded days to a thousand imported readers, counted at the relay. */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Db } from '../../src/db/client.js'
import type { EditionReport } from '../../src/deliveries/reports/report.js'
import { startHubStandIn } from '../support/hub-stand-in.mjs'
import { recordedFolder } from '../support/recorded.js'
import { type DrillDatabase, openDrillDatabase } from './database.js'
import { openSink } from './processes.js'
import { workerEnvironment } from './scene.js'
import { keyOfMail, keyOfMessage } from './message-key.js'
import type { SinkReport } from './sink.js'

export type DaysResult = {
  readers: number
  days: number
  owed: number
  accepted: number
  received: number
  /** Readers who did not get exactly one mail of each edition. */
  unserved: number
  /** Papers that stood in more than one edition. */
  papersTwice: number
  /** Editions whose `edition report --json` differs from what the relay counted. */
  reportsWrong: number
  /** The most memory of API and worker, in one process, while it went on. */
  serviceMegabytes: number
  seconds: number
  broken: string[]
}

type Plan = { readers: number; tell: (line: string) => void }

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export async function fifteenDaysDrill({ readers, tell }: Plan): Promise<DaysResult> {
  const recorded = recordedFolder('the fifteen days')
  if (!recorded) throw new Error('this drill needs the recorded days; set RECORDED_PAPERS to their folder')
  const begun = performance.now()
  const database = await openDrillDatabase()
  const hub = await startHubStandIn({ dir: join(recorded, 'daily') })
  const sink = await openSink({ seed: 1, deferred: 0, droppedAfterDot: 0, hung: 0, busy: 0, delayMs: 0 })
  const env = {
    ...workerEnvironment({ connections: 10, leaseSeconds: 20 }, database, sink.url),
    PAPERS_API_URL: hub.url,
    PORT: '0',
    PATH: process.env['PATH'] ?? '',
    LOG_LEVEL: 'warn',
  }
  const service = spawn(process.execPath, [cli, 'start'], { env, stdio: 'inherit' })
  try {
    await importReaders(database, env, readers)
    for (const day of hub.days) {
      for (const words of [['ingest'], ['edition', 'build'], ['edition', 'send']]) {
        await run(env, [...words, '--date', day])
      }
      tell(
        `${day}: ${await count(database.db, `SELECT count(*) AS n FROM mail_owed WHERE status = 'accepted'`)} mails so far`,
      )
    }
    const serviceMegabytes = await peakMegabytes(service.pid ?? 0)
    const result = await compare(database.db, await sink.report(), readers, await reportsOf(env, hub.days))
    const whole = { ...result, serviceMegabytes, seconds: (performance.now() - begun) / 1_000 }
    return { ...whole, broken: brokenPromises(whole) }
  } finally {
    service.kill('SIGKILL')
    sink.close()
    await hub.close()
    await database.close()
  }
}

async function importReaders(
  database: DrillDatabase,
  env: NodeJS.ProcessEnv,
  readers: number,
): Promise<void> {
  const file = join(database.folder, 'readers.csv')
  const lines = Array.from({ length: readers }, (_, n) => `reader${n}@d${n % 7}.example`)
  await writeFile(file, `email\n${lines.join('\n')}\n`)
  await run(env, ['subscribers', 'import', file])
}

/** @returns what it printed. @throws when the command does not end with 0. */
function run(env: NodeJS.ProcessEnv, words: string[]): Promise<string> {
  const child = spawn(process.execPath, [cli, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  return new Promise((resolve, reject) => {
    child.once('close', (status) =>
      status === 0
        ? resolve(printed)
        : reject(new Error(`daily-papers ${words.join(' ')} ended with ${status}`)),
    )
  })
}

/** What `edition report` says of each day. */
async function reportsOf(env: NodeJS.ProcessEnv, days: string[]): Promise<EditionReport[]> {
  const reports: EditionReport[] = []
  for (const day of days) {
    reports.push(JSON.parse(await run(env, ['edition', 'report', '--date', day, '--json'])))
  }
  return reports
}

const count = async (db: Db, sql: string) => Number((await db.sql<{ n: string }>(sql))[0]?.n)

/** As the kernel saw it; 0 where there is no /proc. */
async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}

async function compare(db: Db, { receipts }: SinkReport, readers: number, reports: EditionReport[]) {
  const rows = await db.sql<{ editionId: number; subscriberId: number; status: string }>(
    `SELECT edition_id AS "editionId", subscriber_id AS "subscriberId", status FROM mail_owed WHERE kind = 'edition'`,
  )
  const taken = new Map(Object.entries(receipts).map(([id, one]) => [keyOfMessage(id), one.acknowledged]))
  const byReader = new Map<number, number>()
  const byEdition = new Map<number, number>()
  for (const { editionId, subscriberId } of rows) {
    const times = taken.get(keyOfMail(editionId, subscriberId)) ?? 0
    byEdition.set(editionId, (byEdition.get(editionId) ?? 0) + times)
    if (times === 1) byReader.set(subscriberId, (byReader.get(subscriberId) ?? 0) + 1)
  }
  const served = [...byReader.values()].filter((mails) => mails === reports.length).length
  return {
    readers,
    days: byEdition.size,
    owed: rows.length,
    accepted: rows.filter(({ status }) => status === 'accepted').length,
    received: [...taken.values()].reduce((sum, times) => sum + times, 0),
    unserved: readers - served,
    papersTwice: await count(
      db,
      `SELECT count(*) AS n FROM (SELECT paper_id FROM edition_paper WHERE kind = 'daily' GROUP BY 1 HAVING count(*) > 1) x`,
    ),
    reportsWrong: reports.filter(
      ({ editionId, owed, byStatus, attempts }) =>
        new Set([owed, byStatus.accepted, attempts.accepted, byEdition.get(editionId)]).size > 1,
    ).length,
  }
}

function brokenPromises(result: Omit<DaysResult, 'broken'>): string[] {
  const broken: string[] = []
  if (result.unserved > 0) broken.push(`${result.unserved} readers did not get each edition once`)
  if (result.papersTwice > 0) broken.push(`${result.papersTwice} papers were mailed twice`)
  if (result.accepted !== result.owed) broken.push(`${result.owed - result.accepted} rows are not accepted`)
  if (result.reportsWrong > 0) broken.push(`${result.reportsWrong} reports differ from what the relay took`)
  if (result.serviceMegabytes > 350) broken.push(`API and worker took ${result.serviceMegabytes} MB`)
  return broken
}
