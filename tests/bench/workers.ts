/** Runs workers on an edition until so many deliveries are settled. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Db } from '../../src/db/client.js'
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

export type Sent = { perSecond: number; cpuMsPerMessage: number; peakMb: number }

type Told = 'ready' | { settled: number } | { cpuMs: number; peakMb: number }

const program = fileURLToPath(new URL('./processes/worker.mjs', import.meta.url))
export const connections = 20

/** The clock runs from the first claim to the last settled row. */
export async function sendWith(context: Context, request: SendRequest): Promise<Sent> {
  const children = await Promise.all(
    Array.from({ length: request.workers }, (_, at) => startWorker(context, request, at)),
  )
  const began = performance.now()
  const settled = countSettled(children, request.messages)
  for (const child of children) child.send('go')
  await settled
  const seconds = (performance.now() - began) / 1000
  const reports = await Promise.all(children.map(stopWorker))
  return {
    perSecond: request.messages / seconds,
    cpuMsPerMessage: reports.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / request.messages,
    peakMb: Math.max(...reports.map(({ peakMb }) => peakMb)),
  }
}

async function startWorker(context: Context, request: SendRequest, at: number): Promise<ChildProcess> {
  const child = fork(program, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.once('exit', (code) => {
    if (code !== 0) throw new Error(`a worker ended with ${code}`)
  })
  const env = {
    DATABASE_URL: context.databaseUrl,
    DATA_DIR: `${context.folder}/worker-${at}`,
    MAIL_URL: `smtp://127.0.0.1:${request.sink.port}?connections=${connections / request.workers}&messages=100000`,
    MAIL_FROM: 'Daily Papers <papers@example.org>',
    PUBLIC_URL: 'https://example.org',
    SECRET_KEY: 'a secret of the benchmark, thirty-two letters',
    LOG_LEVEL: 'warn',
    ...request.dkim,
  }
  child.send({ env, editionId: request.editionId, personalised: request.personalised ?? false })
  await once(child, 'message')
  return child
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

async function stopWorker(child: ChildProcess): Promise<{ cpuMs: number; peakMb: number }> {
  const report = new Promise<{ cpuMs: number; peakMb: number }>((resolve) => {
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
  await db.sql('TRUNCATE attempt, delivery, edition_paper, edition, subscriber CASCADE')
}
