import { Validator } from '@seriousme/openapi-schema-validator'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import { exampleOf } from '../../../src/http/contract/example-of.js'
import { adminServer } from '../../support/admin-services.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

type Content = Record<
  string,
  { schema?: object; example?: unknown; examples?: Record<string, { value: unknown }> }
>
type Operation = {
  summary?: string
  tags?: string[]
  requestBody?: { content: Content }
  responses: Record<string, { description?: string; content?: Content }>
}

let document: { paths: Record<string, Record<string, Operation>> }
let operations: { name: string; operation: Operation }[]

beforeAll(async () => {
  const { app } = await adminServer()
  document = (await app.inject('/openapi.json')).json()
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
})

const ajv = new Ajv2020.default({ strict: false })
addFormats.default(ajv)

/** What lacks an example that fits its schema. */
function faults(name: string, content: Content = {}): string[] {
  return Object.entries(content).flatMap(([type, { schema, example, examples }]) => {
    const given = examples ? Object.values(examples).map(({ value }) => value) : [example]
    return given.flatMap((one) => {
      if (one === undefined)
        return [`${name}, ${type}: no example; say in examples.ts what its fields look like`]
      if (!schema || !type.includes('json') || ajv.validate(schema, one)) return []
      return [`${name}, ${type}: ${ajv.errorsText()} in ${JSON.stringify(one)}`]
    })
  })
}

describe('the description of the API', () => {
  it('is valid as OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(document)
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
  })

  it('has an example of each body that is sent, which fits its schema', () => {
    const found = operations.flatMap(({ name, operation }) => faults(name, operation.requestBody?.content))
    expect(found).toEqual([])
  })

  it('has an example of each answer, which fits its schema', () => {
    const found = operations.flatMap(({ name, operation }) =>
      Object.entries(operation.responses).flatMap(([status, { content }]) =>
        faults(`${name} ${status}`, content),
      ),
    )
    expect(found).toEqual([])
  })

  it('says of each operation what it does, and lists what may go wrong', () => {
    for (const { name, operation } of operations) {
      expect(operation.summary, name).toMatch(/^\p{Lu}/u)
      const statuses = Object.keys(operation.responses)
      const wanted = [
        '400',
        '500',
        ...(operation.tags?.includes('admin') ? ['401', '403', '429'] : []),
        ...(/\{(id|period)\}/.test(name) ? ['404'] : []),
      ]
      expect(statuses, name).toEqual(expect.arrayContaining(wanted))
    }
  })

  it('would lack an example for a field of which nobody said what it looks like', () => {
    const novelty = { type: 'object', properties: { novelty: { type: 'string' } }, required: ['novelty'] }
    expect(exampleOf(novelty, { title: ['x'] })).toBeUndefined()
    expect(exampleOf(novelty, { novelty: ['x'] })).toEqual({ novelty: 'x' })
  })
})
