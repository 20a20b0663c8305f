/** Entity tags of what is read, and 304 for those who have it already (RFC 9110, 8.8.3 and 13.1.2). */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A strong tag of a body; another one for another encoding of it. */
export function tagOf(body: string | Buffer, encoding = ''): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}${encoding && `-${encoding}`}"`
}

/** True when the request holds what the tag stands for; compared weakly, as If-None-Match is. */
export function holdsAlready(request: Pick<FastifyRequest, 'headers'>, tag: string): boolean {
  const given = request.headers['if-none-match']
  if (given === undefined) return false
  return given.split(',').some((entry) => {
    const held = entry.trim().replace(/^W\//, '')
    return held === '*' || held === tag
  })
}

/** How long a browser or proxy may keep an answer that anybody may see. */
export const secondsKept = 30

/** For `onSend` of public GET routes: tags a 200 and answers 304 where the caller has it. */
export async function conditional<P>(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: P,
): Promise<P | null> {
  if (reply.statusCode !== 200 || typeof payload !== 'string') return payload
  const tag = tagOf(payload)
  reply.header('etag', tag).header('cache-control', `public, max-age=${secondsKept}`)
  if (!holdsAlready(request, tag)) return payload
  reply.code(304)
  return null
}
