/** Refuses text with NUL bytes: Postgres cannot store one, and nobody who means well sends one. */
import type { FastifyInstance } from 'fastify'
import { Problem } from '../errors.js'

export function refuseNulBytes(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    if ([request.params, request.query, request.body].some((part) => holdsNul(part))) {
      throw new Problem('invalid', 'Text must not hold NUL characters.')
    }
  })
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (Array.isArray(value)) return value.some((entry) => holdsNul(entry))
  // Streams and buffers are no text; only what a parser made of a body is looked into.
  if (typeof value !== 'object' || value === null || !isPlain(value)) return false
  return Object.entries(value).some(([key, entry]) => key.includes('\0') || holdsNul(entry))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
