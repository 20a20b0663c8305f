/** Runs workers on an edition until so many deliveries are settled. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Db } from '../../src/db/client.js'
import { serverCpuMs } from './backend.js'
import type { Context } from './lane.js'
import type { Sink } from './sink.js'

export type SendRequest = {
  sink: Sink
  editionId: number
  messages: number
  workers: number
  /** DKIM_ variables; unsigned without. */
  dkim?: Record<string, string>
  personalised?: boolean
}

export type Sent = {
  perSecond: number
  cpuMsPerMessage: number
  /** Of worker and Postgres together; null when the server is not on this machine. */
  perCpuSecond: number | null
  peakMb: number
}

type Told = 'ready' | { settled: number } | Report

const program = fileURLToPath(new URL('./processes/worker.mjs', import.meta.url))
export const connections = 20
export const benchSecret = 'a secret of the benchmark, thirty-two letters'
const stdio: ['ignore', 'inherit', 'inherit', 'ipc'] = ['ignore', 'inherit', 'inherit', 'ipc']

/** The clock runs from the first claim to the last settled row. */
export async function sendWith(context: Context, request: SendRequest): Promise<Sent> {
  const children = Array.from({ length: request.workers }, () => fork(program, [], { stdio }))
  const failed = Promise.race(children.map(failure))
  try {
    await Promise.race([
      failed,
      Promise.all(children.map((child, at) => prepare(child, context, request, at))),
    ])
    const postgres = await serverCpuMs(context.db)
    const began = performance.now()
    const settled = countSettled(children, request.messages)
    for (const child of children) child.send('go')
    await Promise.race([failed, settled])
    const seconds = (performance.now() - began) / 1000
    const reports = await Promise.all(children.map(stopWorker))
    const after = await serverCpuMs(context.db)
    return summary(
      request.messages,
      seconds,
      reports,
      postgres === null || after === null ? null : after - postgres,
    )
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}

type Report = { cpuMs: number; peakMb: number }

function summary(messages: number, seconds: number, reports: Report[], postgresMs: number | null): Sent {
  const workersMs = reports.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  return {
    perCpuSecond: postgresMs === null ? null : (messages * 1_000) / (workersMs + postgresMs),
    perSecond: messages / seconds,
    cpuMsPerMessage: workersMs / messages,
    peakMb: Math.max(...reports.map(({ peakMb }) => peakMb)),
  }
}

/** Rejects when a worker ends in disorder. */
function failure(child: ChildProcess): Promise<never> {
  return new Promise((_resolve, reject) => {
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`a worker ended with ${code}`))
    })
  })
}

async function prepare(
  child: ChildProcess,
  context: Context,
  request: SendRequest,
  at: number,
): Promise<void> {
  const env = {
    DATABASE_URL: context.databaseUrl,
    DATA_DIR: `${context.folder}/worker-${at}`,
    MAIL_URL: `smtp://127.0.0.1:${request.sink.port}?connections=${connections}&messages=100000`,
    MAIL_FROM: 'Daily Papers <papers@example.org>',
    PUBLIC_URL: 'https://example.org',
    SECRET_KEY: benchSecret,
    LOG_LEVEL: 'warn',
    ...request.dkim,
  }
  child.send({ env, editionId: request.editionId, personalised: request.personalised ?? false })
  await once(child, 'message')
}

function countSettled(children: ChildProcess[], messages: number): Promise<void> {
  let settled = 0
  return new Promise((resolve) => {
    for (const child of children) {
      child.on('message', (told: Told) => {
        if (typeof told === 'object' && 'settled' in told) settled += told.settled
        if (settled >= messages) resolve()
      })
    }
  })
}

async function stopWorker(child: ChildProcess): Promise<Report> {
  const report = new Promise<Report>((resolve) => {
    child.on('message', (told: Told) => {
      if (typeof told === 'object' && 'cpuMs' in told) resolve(told)
    })
  })
  child.send('stop')
  const result = await report
  await once(child, 'exit')
  return result
}

/** Everything that a lane put into the database. */
export async function clear(db: Db): Promise<void> {
  await db.sql(
    'TRUNCATE attempt, delivery, batch, batch_settle, edition_domain, relay_hour, edition_paper, edition, subscriber CASCADE',
  )
}
