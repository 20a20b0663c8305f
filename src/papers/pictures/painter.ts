/** Draws in a process of its own, one thing after another; it is started when it is needed and ended when it is not. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { oneLine } from '../../format/text/one-line.js'

export type Task = { bytes: Uint8Array } | { svg: string }
export type Drawn = { bytes: Uint8Array; width: number; height: number }
export type Answer = { ready: true } | { broken: string } | { drawn: Drawn[] } | { fault: string }

/** What was given is to blame: it is no picture, it is too much of one, or it took too long. */
export class PaintFault extends Error {
  override readonly name = 'PaintFault'
}

/** As long as a machine with much else to do may take to start a process. */
const startMs = 30_000
const idleMs = 10_000

/** The built one, where tests run the sources too. */
const entry = new URL('../../../dist/papers/pictures/painter-process.js', import.meta.url)

/** Whether the library is there, without loading it: it is optional, since it is not built for every machine. */
export function canPaint(): boolean {
  return (found ??= isInstalled('sharp'))
}

let found: boolean | undefined

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}

export class Painter {
  readonly #drawMs: number
  #running: Promise<ChildProcess> | undefined
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined

  /** @param drawMs - for one thing to be drawn; the process ends with what takes longer. */
  constructor(drawMs = 15_000) {
    this.#drawMs = drawMs
  }

  /** @throws PaintFault for what cannot be drawn; another error where nothing can. */
  draw(task: Task): Promise<Drawn[]> {
    const drawn = this.#last.then(() => this.#drawNow(task))
    this.#last = drawn.catch(() => undefined)
    return drawn
  }

  async close(): Promise<void> {
    await this.#last
    await this.#end()
  }

  async #drawNow(task: Task): Promise<Drawn[]> {
    clearTimeout(this.#idle)
    const child = await (this.#running ??= start())
    const asked = answerOf(child, this.#drawMs, () => child.send(task))
    const answer = await asked.catch((error: unknown) => error)
    if (answer instanceof Error) {
      await this.#end()
      throw answer
    }
    this.#idle = setTimeout(() => void this.#end(), idleMs).unref()
    return drawnIn(answer as Answer)
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle)
    const child = await this.#running?.catch(() => undefined)
    this.#running = undefined
    await kill(child)
  }
}

/** It inherits nothing: no secrets of the environment, no open files; two heaps of the C library will do. */
async function start(): Promise<ChildProcess> {
  const child = fork(entry, {
    env: { MALLOC_ARENA_MAX: '2' },
    execArgv: ['--max-old-space-size=64', '--max-semi-space-size=2'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // One that is gone is noticed when it is asked.
  child.on('error', () => {})
  try {
    const answer = await answerOf(child, startMs, () => {})
    if ('ready' in answer) return child
    throw new Error('broken' in answer ? answer.broken : 'an unknown answer')
  } catch (error) {
    await kill(child)
    throw new Error('no process to draw in', { cause: error })
  }
}

/** The next thing that it says. @throws PaintFault where it says nothing. */
async function answerOf(child: ChildProcess, withinMs: number, ask: () => void): Promise<Answer> {
  const heard = new AbortController()
  const { signal } = heard
  const timer = setTimeout(() => heard.abort(), withinMs)
  const exit = once(child, 'exit', { signal }).then(() => {
    throw new PaintFault('it broke the process that draws')
  })
  try {
    const message = once(child, 'message', { signal })
    ask()
    const [answer] = (await Promise.race([message, exit])) as [Answer]
    return answer
  } catch (error) {
    if (error instanceof PaintFault || !signal.aborted) throw error
    throw new PaintFault(`it took longer than ${withinMs / 1000} s`, { cause: error })
  } finally {
    clearTimeout(timer)
    exit.catch(() => {})
    heard.abort()
  }
}

function drawnIn(answer: Answer): Drawn[] {
  if ('drawn' in answer) return answer.drawn
  throw new PaintFault('fault' in answer ? oneLine(answer.fault).slice(0, 200) : 'an unknown answer')
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
