/** The thread in which texts are drawn: whoever started it ends it when it takes too long. */
import { parentPort, workerData } from 'node:worker_threads'
import { scienceHtml, sciencePlain } from '../../format/science/science.js'
import type { Task } from './draw.js'

parentPort?.postMessage('ready')
for (const { text, plain } of workerData as Task[]) {
  parentPort?.postMessage(plain ? sciencePlain(text) : scienceHtml(text))
}
