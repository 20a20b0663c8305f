/** Style sheets and pictures, served under names that change with their content and so never go stale. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const folder = fileURLToPath(new URL('../../templates/assets/', import.meta.url))

const urls = new Map<string, string>()

/** The URL path of a file of `templates/assets`, with a mark of its content. */
export function assetUrl(name: string): string {
  const known = urls.get(name)
  if (known) return known
  const mark = createHash('sha256')
    .update(readFileSync(`${folder}${name}`))
    .digest('base64url')
    .slice(0, 10)
  const url = `/assets/${name}?v=${mark}`
  urls.set(name, url)
  return url
}

/** Serves `templates/assets` below `/assets/`. */
export async function serveAssets(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/assets/',
    maxAge: '365d',
    immutable: true,
    index: false,
  })
}
