/** A model of sentence vectors, run in a thread by a library that is installed beside the service. */
import { messageOf } from '../../errors.js'
import { openThread } from './ask-thread.js'

export type ModelData = { library: string; model: string }
export type ModelRequest = { id: number; texts: string[] }

export type Model = {
  /** Numbers of a byte each, of length 127 together; texts that are too long are cut by the model. */
  embed(texts: string[]): Promise<Int8Array[]>
  close(): Promise<void>
}

const usualLibrary = '@huggingface/transformers'

/** @param model - a folder, or a name of the Hub. @param library - what stands in for it in tests. */
export function openModel(model: string, library = usualLibrary): Model {
  const thread = openThread<{ texts: string[] }, { vectors: Int8Array[] }>('model-thread', { library, model })
  return {
    async embed(texts) {
      try {
        return (await thread.ask({ texts })).vectors
      } catch (error) {
        throw new Error(explain(model, messageOf(error)), { cause: error })
      }
    },
    close: () => thread.close(),
  }
}

const explain = (model: string, fault: string): string =>
  fault.includes('Cannot find package') || fault.includes('ERR_MODULE_NOT_FOUND')
    ? `MEANING_MODEL needs the library ${usualLibrary}, which is not installed by itself: npm install ${usualLibrary}`
    : `the model ${model} cannot be run: ${fault}`
