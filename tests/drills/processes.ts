/** The processes of a drill: sinks, and workers that are the built service itself. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Faults, FromSink, SinkReport } from './sink.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export type Sink = { url: string; report(): Promise<SinkReport>; close(): void }

export async function openSink(faults: Faults): Promise<Sink> {
  const child = fork(here('../support/run.mjs'), [here('sink.ts'), JSON.stringify(faults)], {
    stdio: 'inherit',
  })
  const next = async (): Promise<FromSink> => ((await once(child, 'message')) as [FromSink])[0]
  const said = await next()
  if (said.kind !== 'listening') throw new Error('the sink did not come up')
  return {
    url: said.url,
    report: async () => {
      const answer = next()
      child.send('report')
      const message = await answer
      if (message.kind !== 'report') throw new Error('the sink did not report')
      return message.report
    },
    close: () => void child.kill('SIGKILL'),
  }
}

export type WorkerProcess = {
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when it is gone, with the seconds that took. */
  stop(): Promise<number>
}

/** The service's own `worker` command, its log in a file. */
export function openWorker(env: Record<string, string>, name: string): WorkerProcess {
  const child: ChildProcess = spawn(process.execPath, [here('../../dist/cli.js'), 'worker'], {
    env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr?.pipe(createWriteStream(join(env['DATA_DIR'] ?? '.', `${name}.log`), { flags: 'a' }))
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    stop: async () => {
      const begun = performance.now()
      child.kill('SIGTERM')
      await gone
      return (performance.now() - begun) / 1_000
    },
  }
}
