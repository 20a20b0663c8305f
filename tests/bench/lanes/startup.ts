/** What it costs to begin: a command that only prints, and the service until it answers. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../support/free-port.js'
import type { Context, Lane, Row } from '../lane.js'

const program = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url))
const preload = fileURLToPath(new URL('../processes/report-cpu.mjs', import.meta.url))
const repetitions = 5

export const startup: Lane = {
  name: 'startup',
  run: async (context) => {
    context.tell('starting commands')
    const empty = await median(() => ended(['-e', '0']))
    const service = await median(() => answering(context))
    const printing = async (option: string): Promise<Row> => {
      const value = await median(() => ended([program, option]))
      return {
        lane: `daily-papers ${option}, CPU`,
        value,
        unit: 'ms',
        peer: `an empty program ${Math.round(empty)} ms`,
        ratio: value / empty,
        target: '<= 6',
      }
    }
    return [
      await printing('--version'),
      await printing('--help'),
      {
        lane: 'daily-papers start until /healthz answers, CPU',
        value: service / 1_000,
        unit: 's',
        target: '<= 2.0',
      },
    ]
  },
}

async function median(measure: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let n = 0; n < repetitions; n += 1) all.push(await measure())
  return all.toSorted((a, b) => a - b)[repetitions >> 1] ?? Number.NaN
}

function start(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--import', preload, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

const inMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1_000

async function ended(args: string[]): Promise<number> {
  const [usage] = await once(start(args), 'message')
  return inMs(usage as NodeJS.CpuUsage)
}

/** Milliseconds of CPU of `start` when `/healthz` and then a page, which asks the database, have answered. */
async function answering({ databaseUrl, folder }: Context): Promise<number> {
  const port = String(await freePort())
  const child = start([program, 'start'], {
    PORT: port,
    DATABASE_URL: databaseUrl,
    DATA_DIR: `${folder}/startup`,
    MAIL_URL: 'smtp://127.0.0.1:9',
    PAPERS_API_URL: 'http://127.0.0.1:9',
    LOG_LEVEL: 'silent',
  })
  try {
    await untilAnswers(child, `http://127.0.0.1:${port}/healthz`)
    await fetch(`http://127.0.0.1:${port}/`)
    child.send('now')
    const [usage] = await once(child, 'message')
    return inMs(usage as NodeJS.CpuUsage)
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
}

async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`start ended with ${child.exitCode}`)
}
