/** The thread that a model runs in: texts in, 384 numbers of a byte each out. */
import { isAbsolute, resolve } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { ModelData, ModelRequest } from './model.js'

type Extract = (texts: string[], options: object) => Promise<{ tolist(): number[][] }>
type Library = {
  env: { allowRemoteModels: boolean; localModelPath: string }
  pipeline(this: void, task: string, model: string, options: object): Promise<Extract>
}

const { library, model } = workerData as ModelData

async function load(): Promise<Extract> {
  const { env, pipeline } = (await import(library)) as Library
  const folder = isAbsolute(model) || model.startsWith('.')
  if (folder) {
    env.allowRemoteModels = false
    env.localModelPath = resolve(model, '..')
  }
  const name = folder ? (resolve(model).split(/[\\/]/).at(-1) ?? model) : model
  return pipeline('feature-extraction', name, { dtype: 'fp32' })
}

const extract = await load()
parentPort?.postMessage('ready')
parentPort?.on('message', ({ id, texts }: ModelRequest) => {
  extract(texts, { pooling: 'mean', normalize: true }).then(
    (output) =>
      parentPort?.postMessage({
        id,
        vectors: output
          .tolist()
          .map((one) => Int8Array.from(one, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 127))),
      }),
    (error: unknown) => parentPort?.postMessage({ id, fault: String(error) }),
  )
})
