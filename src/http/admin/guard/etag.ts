/** Entity tags (RFC 9110), so that nobody overwrites a change that they have not seen. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../../errors.js'

/** A strong tag of a representation; equal for equal JSON. */
function etagOf(representation: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(representation)).digest('base64url').slice(0, 27)}"`
}

/** Sends a representation with its tag. */
export function withEtag<T>(reply: FastifyReply, representation: T): T {
  reply.header('etag', etagOf(representation))
  return representation
}

/**
 * Compare inside the transaction that holds the row's lock: otherwise two could both match.
 * @throws Problem `precondition-required` without If-Match, `precondition-failed` for another tag.
 */
export function requireMatch(request: Pick<FastifyRequest, 'headers'>, representation: unknown): void {
  const given = request.headers['if-match']
  if (given === undefined) throw new Problem('precondition-required', 'Send If-Match with the ETag you read.')
  if (given.trim() === '*') return
  const tags = given.split(',').map((tag) => tag.trim())
  if (tags.includes(etagOf(representation))) return
  throw new Problem('precondition-failed', 'It has changed since you read it: read it again.')
}
