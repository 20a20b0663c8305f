/** Pages made once for everybody and kept for seconds, so that none is ever older than a minute. */
import { promisify } from 'node:util'
import { gzip as gzipWithCallback } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import { holdsAlready, secondsKept, tagOf } from './conditional.js'

const gzip = promisify(gzipWithCallback)

type Kept = { plain: Buffer; packed: Buffer; tag: string; packedTag: string }

export type PageCache = {
  /** Answers with what `make` gives, or gave within the last seconds for the same URL. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    make: () => Promise<string>,
    type?: string,
  ): Promise<FastifyReply>
}

/** Together with what a browser or proxy may add (`secondsKept`) well below a minute. */
const secondsHere = 10

/** Room for the pages of a busy hour; strangers who fill it with made-up URLs only push out such pages. */
const mostPages = 500

export function openPageCache(clock: Clock): PageCache {
  const kept = new LRUCache<string, Promise<Kept>>({
    max: mostPages,
    ttl: secondsHere * 1000,
    ttlResolution: 0,
    perf: { now: () => clock.now().getTime() },
  })

  /** Requests that come while a page is made wait for the same one. */
  async function keep(url: string, make: () => Promise<string>): Promise<Kept> {
    const known = kept.get(url)
    if (known) return known
    const making = pack(make)
    kept.set(url, making)
    try {
      return await making
    } catch (error) {
      kept.delete(url)
      throw error
    }
  }

  return {
    async send(request, reply, make, type = 'text/html; charset=utf-8') {
      const page = await keep(request.url, make)
      const packed = acceptsGzip(request)
      const tag = packed ? page.packedTag : page.tag
      reply
        .header('cache-control', `public, max-age=${secondsKept}`)
        .header('vary', 'accept-encoding')
        .header('etag', tag)
      if (holdsAlready(request, tag)) return reply.code(304).send()
      if (packed) reply.header('content-encoding', 'gzip')
      return reply.type(type).send(packed ? page.packed : page.plain)
    },
  }
}

async function pack(make: () => Promise<string>): Promise<Kept> {
  const plain = Buffer.from(await make())
  return { plain, packed: await gzip(plain), tag: tagOf(plain), packedTag: tagOf(plain, 'gzip') }
}

function acceptsGzip(request: FastifyRequest): boolean {
  const accepted = request.headers['accept-encoding']
  return typeof accepted === 'string' && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)
}
