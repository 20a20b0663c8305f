/** Sends pages from what is kept: the first time through all hooks, then before anything else is looked at. */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerFactory } from 'fastify'
import { holdsAlready } from './conditional.js'
import { formFor, type KeptPages } from './kept-pages.js'
import { keptUrl } from './kept-url.js'

type PageCache = {
  /** Answers with what `make` gives, or gave within the last seconds to the same question. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    make: () => Promise<string>,
    type?: string,
  ): Promise<FastifyReply>
  onAnswer: KeptPages['onAnswer']
  size: KeptPages['size']
}

declare module 'fastify' {
  interface FastifyInstance {
    pages: PageCache
  }
}

/** In milliseconds; what Fastify sets on a server that it makes itself. */
type Timeouts = { requestTimeout: number; connectionTimeout: number; keepAliveTimeout: number }

/** A server that answers with kept pages by itself and hands everything else on. */
export function serveKeptFirst(kept: KeptPages, timeouts: Timeouts): FastifyServerFactory {
  return (handler) => {
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      // One that is closing turns requests away in its own words.
      const page = request.method === 'GET' && server.listening ? kept.find(request.url ?? '') : undefined
      if (page) kept.send(page, request, response)
      else handler(request, response)
    })
    server.keepAliveTimeout = timeouts.keepAliveTimeout
    server.requestTimeout = timeouts.requestTimeout
    server.setTimeout(timeouts.connectionTimeout)
    return server
  }
}

/** Gives the server `pages`. */
export function keepPages(app: FastifyInstance, kept: KeptPages): void {
  app.decorate('pages', {
    onAnswer: (hear) => kept.onAnswer(hear),
    size: () => kept.size(),
    async send(request, reply, make, type = 'text/html; charset=utf-8') {
      const page = await kept.keep(keptUrl(request), request.routeOptions.url ?? 'none', type, make)
      page.shared ??= { ...reply.getHeaders() } as OutgoingHttpHeaders
      const form = formFor(page, request)
      reply.headers(form.headers)
      return holdsAlready(request, form.tag) ? reply.code(304).send() : reply.send(form.body)
    },
  })
}
