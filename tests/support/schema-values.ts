/** Values made up from JSON schemas: sound ones, and such as strangers break things with. */

export type JsonSchema = {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  additionalProperties?: JsonSchema | boolean
  examples?: unknown[]
  example?: unknown
  default?: unknown
  format?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

/** Numbers from 0 to 1 that a seed decides (mulberry32), so that a failure can be had again. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Values that break things elsewhere. */
const hostile: unknown[] = [
  null,
  '',
  ' ',
  '\0',
  '\ud800',
  'a\r\nb: c',
  '<script>alert(1)</script>',
  "'; DROP TABLE paper; --",
  '%',
  '%00',
  '..',
  '../../etc/passwd',
  '{}',
  '[]',
  'null',
  'NaN',
  '__proto__',
  'x'.repeat(300),
  'x'.repeat(5000),
  '𝕏'.repeat(200),
  '\u202e',
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  -0,
  true,
  false,
  [],
  [null],
  {},
  { a: { b: { c: [] } } },
  ['a', 'b'],
  '2026-02-30',
  '0000-00-00',
  '9999-12-31',
  '2026-W54',
  '99999999999999999999',
  '1e9',
  '-1',
  '0x10',
]

const letters = 'abcXYZ019-_.@ é'.split('')

export class Maker {
  readonly #random: () => number
  /** Ids and words that exist, so that some calls find something. */
  readonly #known: string[]
  constructor(random: () => number, known: string[]) {
    this.#random = random
    this.#known = known
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)] as T
  }

  chance(share: number): boolean {
    return this.#random() < share
  }

  /** A value that fits the schema, or with that chance at each place one that may not. */
  value(schema: JsonSchema, broken: number): unknown {
    if (this.chance(broken)) return this.pick(hostile)
    const options = schema.anyOf ?? schema.oneOf
    if (options) return this.value(this.pick(options), broken)
    if ('const' in schema) return schema.const
    if (schema.enum) return this.pick(schema.enum)
    const samples = [...(schema.examples ?? []), schema.example, schema.default].filter(
      (one) => one !== undefined,
    )
    if (samples.length > 0 && this.chance(0.6)) return this.pick(samples)
    return this.#ofType(schema, broken)
  }

  #ofType(schema: JsonSchema, broken: number): unknown {
    const type = Array.isArray(schema.type) ? this.pick(schema.type) : schema.type
    switch (type) {
      case 'object':
        return this.#object(schema, broken)
      case 'array':
        return Array.from({ length: Math.floor(this.#random() * 4) }, () =>
          this.value(schema.items ?? {}, broken),
        )
      case 'integer':
      case 'number':
        return this.#number(schema)
      case 'boolean':
        return this.chance(0.5)
      case 'null':
        return null
      default:
        return this.#text(schema)
    }
  }

  #object(schema: JsonSchema, broken: number): Record<string, unknown> {
    const entries = Object.entries(schema.properties ?? {})
      .filter(([name]) => (schema.required?.includes(name) ? !this.chance(broken) : this.chance(0.5)))
      .map(([name, property]) => [name, this.value(property, broken)])
    if (this.chance(broken)) entries.push([String(this.pick(hostile)), this.pick(hostile)])
    return Object.fromEntries(entries)
  }

  #number({ minimum = 0, maximum = minimum + 1000, type }: JsonSchema): number {
    const number = minimum + this.#random() * (maximum - minimum)
    return type === 'number' ? number : Math.round(number)
  }

  #text({ format, minLength = 1, maxLength = 40 }: JsonSchema): string {
    if (format === 'date') return this.pick(['2026-08-05', '2026-08-06', '2024-02-29'])
    if (format === 'date-time') return this.pick(['2026-08-05T06:00:00Z', '2027-01-01T00:00:00+02:00'])
    if (format === 'uri') return 'https://example.org/'
    if (format === 'email') return this.pick(['reader@example.org', 'o+x@xn--bcher-kva.example'])
    if (this.chance(0.5)) return this.pick(this.#known)
    const length = Math.min(maxLength, minLength + Math.floor(this.#random() * 12))
    return Array.from({ length }, () => this.pick(letters)).join('')
  }
}
