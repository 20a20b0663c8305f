/** Pages made once for everybody and kept for seconds, so that none is ever older than a minute. */
import type { OutgoingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { gzip as gzipWithCallback } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import { holdsAlready, secondsKept, tagOf } from './conditional.js'

const gzip = promisify(gzipWithCallback)

type Form = { body: Buffer; tag: string }
type Kept = { plain: Form; packed: Form; type: string; headers: OutgoingHttpHeaders | null }

type PageCache = {
  /** Answers with what `make` gives, or gave within the last seconds for the same URL. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    make: () => Promise<string>,
    type?: string,
  ): Promise<FastifyReply>
}

declare module 'fastify' {
  interface FastifyInstance {
    pages: PageCache
  }
}

/** Together with what a browser or proxy may add (`secondsKept`) well below a minute. */
const secondsHere = 10

/** Room for the pages of a busy hour; strangers who fill it with made-up URLs only push out such pages. */
const mostPages = 500

/**
 * Gives the server `pages`. Before any other hook: a page that is kept is answered with the headers that it was
 * first sent with, and passes by routing's checks, which it has passed before.
 */
export function keepPages(app: FastifyInstance, clock: Clock): void {
  const kept = new LRUCache<string, Kept>({
    max: mostPages,
    ttl: secondsHere * 1000,
    ttlResolution: 0,
    perf: { now: () => clock.now().getTime() },
  })
  const making = new Map<string, Promise<Kept>>()

  /** Requests that come while a page is made wait for the same one. */
  async function keep(url: string, make: () => Promise<string>, type: string): Promise<Kept> {
    const known = kept.get(url) ?? making.get(url)
    if (known) return known
    const work = pack(make, type)
    making.set(url, work)
    try {
      const page = await work
      kept.set(url, page)
      return page
    } finally {
      making.delete(url)
    }
  }

  app.addHook('onRequest', (request, reply, done) => {
    const page = request.method === 'GET' ? kept.get(request.url) : undefined
    if (!page?.headers) return done()
    const { form, headers } = answerOf(page, request)
    const held = holdsAlready(request, form.tag)
    reply.hijack()
    reply.raw.writeHead(held ? 304 : 200, { ...page.headers, ...headers, ...(held ? {} : lengthOf(form)) })
    reply.raw.end(held ? undefined : form.body)
  })

  app.decorate('pages', {
    async send(request, reply, make, type = 'text/html; charset=utf-8') {
      const page = await keep(request.url, make, type)
      page.headers ??= { ...reply.getHeaders() } as OutgoingHttpHeaders
      const { form, headers } = answerOf(page, request)
      reply.headers(headers)
      return holdsAlready(request, form.tag) ? reply.code(304).send() : reply.send(form.body)
    },
  })
}

const lengthOf = (form: Form) => ({ 'content-length': form.body.length })

function answerOf(page: Kept, request: FastifyRequest) {
  const packed = acceptsGzip(request)
  const form = packed ? page.packed : page.plain
  const headers = {
    'content-type': page.type,
    'cache-control': `public, max-age=${secondsKept}`,
    vary: 'accept-encoding',
    etag: form.tag,
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
  }
  return { form, headers }
}

async function pack(make: () => Promise<string>, type: string): Promise<Kept> {
  const plain = Buffer.from(await make())
  return {
    plain: { body: plain, tag: tagOf(plain) },
    packed: { body: await gzip(plain), tag: tagOf(plain, 'gzip') },
    type,
    headers: null,
  }
}

function acceptsGzip(request: FastifyRequest): boolean {
  const accepted = request.headers['accept-encoding']
  return typeof accepted === 'string' && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)
}
