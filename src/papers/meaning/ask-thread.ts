/** A thread that answers questions by their number, started when the first is asked. */
import { Worker } from 'node:worker_threads'

type Waiting<Answer> = { resolve: (answer: Answer) => void; reject: (error: Error) => void }

export class AskThread<Question extends object, Answer extends object> {
  readonly #waiting = new Map<number, Waiting<Answer>>()
  readonly #thread: Worker
  #asked = 0
  #fault: Error | null = null

  /** @param name - of the file beside this one; the built one, since a thread of Node 20 takes no TypeScript. */
  constructor(name: string, data: object) {
    this.#thread = new Worker(new URL(`../../../dist/papers/meaning/${name}.js`, import.meta.url), {
      workerData: data,
    })
    this.#thread.unref()
    this.#thread.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))))
    this.#thread.on('exit', () => this.#end(this.#fault ?? new Error('the thread has ended')))
    this.#thread.on('message', (message: 'ready' | (Answer & { id: number; fault?: string })) => {
      if (message === 'ready') return
      const one = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if (message.fault === undefined) one?.resolve(message)
      else one?.reject(new Error(message.fault))
    })
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#fault) return reject(this.#fault)
      this.#asked += 1
      this.#waiting.set(this.#asked, { resolve, reject })
      this.#thread.postMessage({ ...question, id: this.#asked })
    })
  }

  tell(message: object): void {
    this.#thread.postMessage(message)
  }

  async close(): Promise<void> {
    await this.#thread.terminate()
  }

  #end(error: Error): void {
    this.#fault = error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
