/** A thread that answers questions by their number, started when the first is asked. */
import { Worker } from 'node:worker_threads'

export type AskThread<Question extends object, Answer> = {
  ask(question: Question): Promise<Answer>
  tell(message: object): void
  close(): Promise<void>
}

type Waiting<Answer> = { resolve: (answer: Answer) => void; reject: (error: Error) => void }

/** @param name - of the file beside this one; the built one, since a thread of Node 20 takes no TypeScript. */
export function openThread<Question extends object, Answer extends object>(
  name: string,
  data: object,
): AskThread<Question, Answer> {
  const waiting = new Map<number, Waiting<Answer>>()
  let asked = 0
  let fault: Error | null = null
  const thread = new Worker(new URL(`../../../dist/papers/meaning/${name}.js`, import.meta.url), {
    workerData: data,
  })
  thread.unref()
  const end = (error: Error) => {
    fault = error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  thread.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))))
  thread.on('exit', () => end(fault ?? new Error('the thread has ended')))
  thread.on('message', (message: 'ready' | (Answer & { id: number; fault?: string })) => {
    if (message === 'ready') return
    const one = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.fault === undefined) one?.resolve(message)
    else one?.reject(new Error(message.fault))
  })
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (fault) return reject(fault)
        asked += 1
        waiting.set(asked, { resolve, reject })
        thread.postMessage({ ...question, id: asked })
      }),
    tell: (message) => thread.postMessage(message),
    close: async () => void (await thread.terminate()),
  }
}
