/** Draws texts off the event loop: in a thread that is ended when one of them takes too long. */
import { Worker } from 'node:worker_threads'
import { messageOf } from '../../errors.js'

/** A text to be made into HTML, or into plain text. */
export type Task = { text: string; plain: boolean }

/** In milliseconds. */
export type DrawBounds = {
  /** For one text. */
  each: number
  /** For all of them; what is not begun by then is left. */
  all: number
}

export const usualBounds: DrawBounds = { each: 1000, all: 10_000 }

/** Null for a text that was over its time or memory. */
export type Drawn = string | null

/** As long as a machine with much else to do may take to start a thread. */
const startMs = 30_000

/** The built one, where tests run the sources too: a thread of Node 20 takes no TypeScript. */
const entry = new URL('../../../dist/papers/html/thread.js', import.meta.url)

/**
 * One thread for all, and another one after each text that had to be given up.
 * @returns what became of the first texts, in their order: of all of them, where the time was enough.
 * @throws when no thread can be started.
 */
export async function drawTexts(tasks: readonly Task[], bounds: DrawBounds = usualBounds): Promise<Drawn[]> {
  const until = performance.now() + bounds.all
  const drawn: Drawn[] = []
  while (drawn.length < tasks.length && performance.now() < until) {
    await drawInThread(tasks.slice(drawn.length), drawn, { ...bounds, until })
  }
  return drawn
}

/** Adds to `drawn` until all is done, a text was given up, or the time is over. */
async function drawInThread(
  tasks: readonly Task[],
  drawn: Drawn[],
  { each, until }: DrawBounds & { until: number },
): Promise<void> {
  const thread = new Worker(entry, {
    workerData: tasks,
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  })
  try {
    await new Promise<void>((resolve, reject) => {
      let started = false
      let left = tasks.length
      const giveUp = () => {
        if (!started) return reject(new Error('the thread that draws did not start'))
        drawn.push(null)
        resolve()
      }
      let timer = setTimeout(giveUp, startMs)
      thread.on('message', (message: string) => {
        clearTimeout(timer)
        if (started) {
          drawn.push(message)
          left -= 1
        }
        started = true
        if (left === 0 || performance.now() >= until) resolve()
        else timer = setTimeout(giveUp, each)
      })
      thread.on('error', (error) => {
        clearTimeout(timer)
        if (started) giveUp()
        else reject(new Error(`no thread to draw in: ${messageOf(error)}`, { cause: error }))
      })
    })
  } finally {
    await thread.terminate()
  }
}
