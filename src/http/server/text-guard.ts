/** Refuses text that Postgres cannot store, and bodies nested deeper than any that is meant well. */
import type { FastifyInstance } from 'fastify'
import { Problem } from '../../errors.js'
import { isStorable } from '../../format/text/storable.js'

const deepest = 32

export function refuseUnfitText(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    for (const part of [request.params, request.query, request.body]) check(part, 0)
    done()
  })
}

function check(value: unknown, depth: number): void {
  if (typeof value === 'string') {
    if (!isStorable(value))
      throw new Problem('invalid', 'Text must not hold NUL characters or halves of pairs.')
    return
  }
  if (typeof value !== 'object' || value === null || isBinary(value)) return
  // Every walk over the value after this one, such as the validator's, may go as deep without a thought.
  if (depth >= deepest) throw new Problem('invalid', `Values must not be nested deeper than ${deepest}.`)
  for (const [key, entry] of Object.entries(value)) {
    check(key, depth)
    check(entry, depth + 1)
  }
}

/** Streams and buffers are no text. */
function isBinary(value: object): boolean {
  return ArrayBuffer.isView(value) || 'pipe' in value
}
