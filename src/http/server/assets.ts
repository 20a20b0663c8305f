/** Style sheets and pictures, served under names that change with their content and so never go stale. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { paletteCss } from '../../format/palette.js'

const folder = fileURLToPath(new URL('../../../templates/assets/', import.meta.url))

const urls = new Map<string, string>()

/** The URL path of a file of `templates/assets`, with a mark of its content. */
export function assetUrl(name: string): string {
  const known = urls.get(name)
  if (known) return known
  const bytes = name === 'base.css' ? baseCss() : readFileSync(`${folder}${name}`)
  const mark = createHash('sha256').update(bytes).digest('base64url').slice(0, 10)
  const url = `/assets/${name}?v=${mark}`
  urls.set(name, url)
  return url
}

/** The palette as custom properties, and what pages and desk share: one file, so that pages ask for one fewer. */
const baseCss = (): string => `${paletteCss()}\n${readFileSync(`${folder}base.css`, 'utf8')}`

/** Serves `templates/assets` below `/assets/`. */
export async function serveAssets(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/assets/',
    maxAge: '365d',
    immutable: true,
    index: false,
  })
  const base = baseCss()
  app.get('/assets/base.css', { schema: { hide: true } }, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type('text/css; charset=utf-8')
      .send(base),
  )
}
