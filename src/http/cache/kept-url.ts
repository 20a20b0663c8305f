/** Under which URL a page is kept: that of its route with the parameters that the route knows. */
import type { FastifyRequest } from 'fastify'

type Asked = Pick<FastifyRequest, 'params' | 'query'> & {
  routeOptions: { url?: string | undefined; schema?: { querystring?: unknown } | undefined }
}

/**
 * The same for every spelling of one question: parameters that the route does not know, that are empty or as they
 * are by default don't count, and neither do order and escapes. So nobody makes a page anew by adding `?x=1`.
 * @param request - after its parameters were checked.
 */
export function keptUrl({ params, query, routeOptions }: Asked): string {
  const given = new Map(Object.entries((params ?? {}) as Record<string, unknown>))
  const path = (routeOptions.url ?? '').replace(/:(\w+)(?:\([^)]*\))?|\*/g, (_, name = '*') =>
    textOf(given.get(name)).split('/').map(encodeURIComponent).join('/'),
  )
  const search = knownParameters(query as Record<string, unknown>, routeOptions.schema?.querystring)
  return search === '' ? path : `${path}?${search}`
}

/** Of a parameter's value; a list of them is told apart from each. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)

type Described = { properties?: Record<string, { default?: unknown }> }

function knownParameters(query: Record<string, unknown>, schema: unknown): string {
  const { properties = {} } = (schema ?? {}) as Described
  const known = new URLSearchParams()
  for (const [name, described] of Object.entries(properties)) {
    const value = query[name]
    if (textOf(value) !== '' && value !== described.default) known.append(name, textOf(value))
  }
  return known.toString()
}
