/** A model of sentence vectors, run in a thread by a library that is installed beside the service. */
import { messageOf } from '../../errors.js'
import { AskThread } from './ask-thread.js'

export type ModelData = { library: string; model: string }
export type ModelRequest = { id: number; texts: string[] }

const usualLibrary = '@huggingface/transformers'

export class Model {
  readonly #name: string
  readonly #thread: AskThread<{ texts: string[] }, { vectors: Int8Array[] }>

  /** @param name - a folder, or a name of the Hub. @param library - what stands in for it in tests. */
  constructor(name: string, library = usualLibrary) {
    this.#name = name
    this.#thread = new AskThread('model-thread', { library, model: name })
  }

  /** Numbers of a byte each, of length 127 together; texts that are too long are cut by the model. */
  async embed(texts: string[]): Promise<Int8Array[]> {
    try {
      return (await this.#thread.ask({ texts })).vectors
    } catch (error) {
      throw new Error(explain(this.#name, messageOf(error)), { cause: error })
    }
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}

const explain = (model: string, fault: string): string =>
  fault.includes('Cannot find package') || fault.includes('ERR_MODULE_NOT_FOUND')
    ? `MEANING_MODEL needs the library ${usualLibrary}, which is not installed by itself: npm install ${usualLibrary}`
    : `the model ${model} cannot be run: ${fault}`
