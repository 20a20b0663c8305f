/** Posts a form as a browser does. */
import type { FastifyInstance } from 'fastify'

type Sent = { remoteAddress?: string; cookie?: string; headers?: Record<string, string> }

export const postForm = (
  app: FastifyInstance,
  url: string,
  fields: Record<string, string>,
  { remoteAddress, cookie = '', headers = {} }: Sent = {},
) =>
  app.inject({
    method: 'POST',
    url,
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, ...headers },
    ...(remoteAddress !== undefined && { remoteAddress }),
  })
