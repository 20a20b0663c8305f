/** Runs the built command as a shell would, in a folder of its own and with nothing of our environment. */
import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { until } from './until.js'

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export type Ran = { status: number; stdout: string; stderr: string }

function environment(env: Record<string, string>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], NO_COLOR: '1', ...env }
}

export function runCli(args: string[], env: Record<string, string>): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: environment(env) }
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    })
  })
}

/** Starts a command that serves; `said` resolves when it has printed that. */
export function startCli(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [program, ...args], { env: environment(env) })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    child,
    ended,
    text: () => text,
    said: async (wanted: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> => {
      const found = await until(() => wanted.exec(text) ?? child.exitCode !== null, {
        within: timeoutMs,
        tell: () => `${wanted} in ${text}`,
      })
      if (found === true) throw new Error(`it ended without ${wanted}: ${text}`)
      return found
    },
  }
}
