/** Makes an example of a schema from what its fields are called: each call and answer in the description has one. */

export type Schema = {
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  default?: unknown
  examples?: unknown[]
  format?: string
  pattern?: string
  minimum?: number
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}

type Named = Record<string, unknown[]>

/**
 * @param named - what fields look like, by their names; a schema's own example goes before it.
 * @returns undefined where nothing says what a value that must be there looks like.
 */
export function exampleOf(schema: Schema, named: Named, name = ''): unknown {
  const own = schema.examples?.[0] ?? schema.const
  if (own !== undefined) return own
  if (schema.properties) return objectOf(schema, named)
  const known = named[name]?.find((value) => fits(value, schema))
  if (known !== undefined) return known
  if (schema.enum) return schema.enum[0]
  if (schema.items) return arrayOf(schema.items, named, name)
  if (schema.anyOf) return exampleOf(schema.anyOf[0] ?? {}, named, name)
  return schema.default ?? plain(schema)
}

function fits(value: unknown, { type, enum: values, pattern, format, anyOf }: Schema): boolean {
  if (values) return values.includes(value)
  if (anyOf) return anyOf.some((schema) => !schema.properties && fits(value, schema))
  const types = [type].flat()
  if (types[0] === undefined) return true
  if (typeof value === 'string' && format === 'date-time') return false
  if (typeof value === 'string' && pattern !== undefined && !new RegExp(pattern, 'u').test(value))
    return false
  return types.includes(typeOf(value)) || (Number.isInteger(value) && types.includes('number'))
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** What may be absent and of which nobody said what it looks like is absent. */
function objectOf({ properties = {}, required = [] }: Schema, named: Named): unknown {
  const entries = Object.entries(properties).map(
    ([key, value]) => [key, exampleOf(value, named, key)] as const,
  )
  if (entries.some(([key, value]) => value === undefined && required.includes(key))) return undefined
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** A list `names` has items that are called `name`. */
function arrayOf(items: Schema, named: Named, name: string): unknown {
  const item = exampleOf(items, named, name.replace(/s$/, ''))
  return item === undefined ? undefined : [item]
}

const formats: Record<string, unknown> = {
  'date-time': '2026-08-05T06:00:00.000Z',
  date: '2026-08-04',
  uri: 'https://papers.example.org/',
}

function plain({ type, format, minimum, properties }: Schema): unknown {
  const types = [type].flat()
  if (format !== undefined && formats[format] !== undefined) return formats[format]
  if (types.includes('boolean')) return false
  if (types.includes('integer') || types.includes('number')) return minimum ?? 3
  if (types.includes('object') && !properties) return {}
  return types.includes('null') ? null : undefined
}
