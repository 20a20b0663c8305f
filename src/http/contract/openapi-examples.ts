/** Gives every body and every answer in the API's description an example. */
import { exampleOf, type Schema } from './example-of.js'
import { namedExamples, textExamples } from './examples.js'

type Content = Record<string, { schema?: Schema; example?: unknown; examples?: object }>
type Operation = { requestBody?: { content?: Content }; responses?: Record<string, { content?: Content }> }
type Document = { paths?: Record<string, Record<string, Operation>> }

/** Changes the document in place, and @returns it. One that has an example already keeps it. */
export function withExamples<D extends object>(document: D): D {
  const { paths = {} } = document as Document
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const answers = Object.values(operation.responses ?? {}).map(({ content }) => content)
    for (const content of [operation.requestBody?.content, ...answers]) addExamples(content ?? {})
  }
  return document
}

function addExamples(content: Content): void {
  for (const [type, media] of Object.entries(content)) {
    if (media.examples) continue
    const example = media.example ?? textExamples[type] ?? exampleOf(media.schema ?? {}, namedExamples)
    if (example !== undefined) media.example = example
  }
}
