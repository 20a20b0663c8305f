/** Pages made once for everybody and kept for seconds, ready to be sent as they are. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip as gzipWithCallback } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../clock.js'
import { holdsAlready, secondsKept, tagOf } from './conditional.js'

const gzip = promisify(gzipWithCallback)

/** Together with what a browser or proxy may add (`secondsKept`) well below a minute. */
const secondsHere = 10

/** Room for the pages of a busy hour; strangers who search for made-up words only push out such pages. */
const mostPages = 500
/** Of all kept pages together, in both encodings. */
const mostBytes = 32 * 1024 * 1024

/** One encoding of a page, with the headers that are its own. */
export type Form = { body: Buffer; tag: string; headers: OutgoingHttpHeaders }

/** All headers of an answer, names and values in turn, as `writeHead` takes them fastest. */
type Ready = { whole: string[]; unchanged: string[] }

export type KeptPage = {
  plain: Form
  packed: Form
  /** The pattern of its route. */
  route: string
  /** What hooks added to the first answer; null until that one is on its way. */
  shared: OutgoingHttpHeaders | null
}

type KeptAnswer = (route: string, status: number) => void

export class KeptPages {
  readonly #kept: LRUCache<string, KeptPage>
  readonly #making = new Map<string, Promise<KeptPage>>()
  readonly #ready = new WeakMap<Form, Ready>()
  readonly #hearers: KeptAnswer[] = []

  constructor(clock: Clock) {
    this.#kept = new LRUCache({
      max: mostPages,
      maxSize: mostBytes,
      sizeCalculation: ({ plain, packed }) => plain.body.length + packed.body.length,
      ttl: secondsHere * 1000,
      ttlResolution: 0,
      perf: { now: () => clock.now().getTime() },
    })
  }

  /** How many pages are kept, and how many bytes they take. */
  size(): { pages: number; bytes: number } {
    return { pages: this.#kept.size, bytes: this.#kept.calculatedSize }
  }

  /** A page that was sent before, and so may be sent again without a look at the request's route. */
  find(url: string): KeptPage | undefined {
    const page = this.#kept.get(url)
    return page?.shared ? page : undefined
  }

  /** What `make` gives, or gave within the last seconds; requests that come meanwhile wait for the same one. */
  async keep(url: string, route: string, type: string, make: () => Promise<string>): Promise<KeptPage> {
    const known = this.#kept.get(url) ?? this.#making.get(url)
    if (known) return known
    const work = pack(route, type, make)
    this.#making.set(url, work)
    try {
      const page = await work
      this.#kept.set(url, page)
      return page
    } finally {
      this.#making.delete(url)
    }
  }

  /** Answers with the page, past all hooks, which have seen it when it was sent first. */
  send(page: KeptPage, request: IncomingMessage, response: ServerResponse): void {
    const form = formFor(page, request)
    const { whole, unchanged } = this.#readyHeaders(page, form)
    const held = holdsAlready(request, form.tag)
    if (held) response.writeHead(304, unchanged).end()
    else response.writeHead(200, whole).end(form.body)
    for (const hear of this.#hearers) hear(page.route, response.statusCode)
  }

  /** Who counts answers hears here of those that no hook sees. */
  onAnswer(hear: KeptAnswer): void {
    this.#hearers.push(hear)
  }

  #readyHeaders(page: KeptPage, form: Form): Ready {
    const known = this.#ready.get(form)
    if (known) return known
    const unchanged = Object.entries({ ...page.shared, ...form.headers }).flatMap(([name, value]) => [
      name,
      String(value),
    ])
    const made = { unchanged, whole: [...unchanged, 'content-length', String(form.body.length)] }
    this.#ready.set(form, made)
    return made
  }
}

/** The encoding that the request takes. */
export function formFor(page: KeptPage, { headers }: Pick<IncomingMessage, 'headers'>): Form {
  return acceptsGzip(headers['accept-encoding']) ? page.packed : page.plain
}

async function pack(route: string, type: string, make: () => Promise<string>): Promise<KeptPage> {
  const plain = Buffer.from(await make())
  const form = (body: Buffer, encoding?: string): Form => {
    const tag = tagOf(plain, encoding)
    const headers = {
      'content-type': type,
      'cache-control': `public, max-age=${secondsKept}`,
      vary: 'accept-encoding',
      etag: tag,
      ...(encoding && { 'content-encoding': encoding }),
    }
    return { body, tag, headers }
  }
  return { plain: form(plain), packed: form(await gzip(plain), 'gzip'), route, shared: null }
}

function acceptsGzip(accepted: string | string[] | undefined): boolean {
  return typeof accepted === 'string' && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)
}
