/** Calls made up from an OpenAPI document: sound ones, and ones broken in ways that strangers break them. */
import type { JsonSchema, Maker } from './schema-values.js'

type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: JsonSchema
  example?: unknown
}

export type Operation = {
  method: string
  path: string
  parameters: Parameter[]
  /** Schemas of the body by media type. */
  bodies: Record<string, JsonSchema>
  /** Schemas of the answers by status and media type; null for an answer without body. */
  answers: Record<string, Record<string, JsonSchema> | null>
}

type RawOperation = {
  parameters?: Parameter[]
  requestBody?: { content?: Record<string, { schema?: JsonSchema }> }
  responses: Record<string, { content?: Record<string, { schema?: JsonSchema }> }>
}

export function operationsOf(document: { paths: Record<string, Record<string, RawOperation>> }): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => ({
      method: method.toUpperCase(),
      path,
      parameters: raw.parameters ?? [],
      bodies: schemasIn(raw.requestBody?.content),
      answers: Object.fromEntries(
        Object.entries(raw.responses).map(([status, { content }]) => [
          status,
          content ? schemasIn(content) : null,
        ]),
      ),
    })),
  )
}

function schemasIn(content: Record<string, { schema?: JsonSchema }> | undefined): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(content ?? {}).map(([type, { schema }]) => [type, schema ?? {}]))
}

export type Call = { method: string; url: string; headers: Record<string, string>; payload?: string }

/** One call of an operation; `broken` is the chance that a value, name or type is not as it should be. */
export function callOf(operation: Operation, make: Maker, broken: number): Call {
  const headers: Record<string, string> = {}
  const query = new URLSearchParams()
  let path = operation.path
  for (const parameter of operation.parameters) {
    if (parameter.in !== 'path' && !parameter.required && make.chance(0.5)) continue
    const value = textOf(make.value(parameter.schema, broken))
    if (parameter.in === 'path')
      path = path.replace(`{${parameter.name}}`, encodeURIComponent(wellFormed(value)))
    else if (parameter.in === 'query') query.append(parameter.name, value)
    else headers[parameter.name] = value.replaceAll(/[^\x20-\x7e]/g, '?')
  }
  if (make.chance(broken)) query.append('unknown', 'x')
  const call = {
    method: operation.method,
    url: query.size > 0 ? `${path}?${query.toString()}` : path,
    headers,
  }
  const types = Object.keys(operation.bodies)
  if (types.length === 0 || make.chance(broken / 2)) return call
  return { ...call, ...bodyOf(operation.bodies, make.pick(types), make, broken, headers) }
}

const boundary = 'a-boundary-of-the-test'

function bodyOf(
  bodies: Record<string, JsonSchema>,
  type: string,
  make: Maker,
  broken: number,
  headers: Record<string, string>,
): Pick<Call, 'headers' | 'payload'> {
  const sent = make.chance(broken / 4)
    ? make.pick(['text/plain', 'application/xml', 'application/json; charset=x'])
    : type
  const value = make.value(bodies[type] ?? {}, broken)
  const named = sent.startsWith('multipart/') ? `${sent}; boundary=${boundary}` : sent
  return { headers: { ...headers, 'content-type': named }, payload: encoded(type, value, make, broken) }
}

function encoded(type: string, value: unknown, make: Maker, broken: number): string {
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (type.includes('urlencoded')) {
    return new URLSearchParams(
      fields.map(([name, field]): [string, string] => [name, wellFormed(textOf(field))]),
    ).toString()
  }
  if (type.startsWith('multipart/')) {
    const parts = fields.map(
      ([name, field]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name.replaceAll(/["\r\n]/g, '')}"\r\n\r\n${textOf(field)}\r\n`,
    )
    return `${parts.join('')}--${boundary}--\r\n`
  }
  if (!type.includes('json')) return textOf(value)
  const json = JSON.stringify(value) ?? ''
  return make.chance(broken / 4) ? json.slice(0, -1) : json
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

const wellFormed = (text: string): string => text.replaceAll(/\p{Cs}/gu, '\ufffd')
