/** Cards of pages, drawn when somebody first asks for one and kept while there is room. */
import type { FastifyReply } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Type } from 'typebox'
import { isDay } from '../../../clock.js'
import { Problem } from '../../../errors.js'
import { canPaint, Painter } from '../../../papers/pictures/painter.js'
import type { Routes } from '../../contract/routes.js'
import { binaryAnswer, problems } from '../../contract/schemas.js'
import { type Card, cardSvg } from './card-svg.js'
import { cardOfDay, cardOfEdition, cardOfPaper } from './card-of.js'

const roomFor = 16 * 1024 * 1024
/** A card takes some 50 ms; whoever comes behind so many is asked to come again. */
const mostWaiting = 20
const drawMs = 10_000

export const cardRoutes: Routes = async (app, { services }) => {
  if (!services.config.pictures || !canPaint()) return
  const painter = new Painter(drawMs)
  app.addHook('onClose', () => painter.close())
  const kept = new LRUCache<string, Buffer>({
    maxSize: roomFor,
    sizeCalculation: (bytes, svg) => bytes.length + svg.length,
  })
  const drawing = new Map<string, Promise<Buffer>>()

  async function draw(svg: string): Promise<Buffer> {
    const [drawn] = await painter.draw({ svg }).catch((error: unknown) => {
      throw new Problem('unavailable', 'This card cannot be drawn now.', { retryAfter: 60, cause: error })
    })
    const bytes = Buffer.from(drawn?.bytes ?? [])
    kept.set(svg, bytes)
    return bytes
  }
  function pngOf(svg: string): Promise<Buffer> | Buffer {
    const known = kept.get(svg) ?? drawing.get(svg)
    if (known) return known
    if (drawing.size >= mostWaiting) {
      throw new Problem('unavailable', 'Many cards are being drawn.', { retryAfter: 5 })
    }
    const work = draw(svg).finally(() => drawing.delete(svg))
    drawing.set(svg, work)
    return work
  }
  async function send(reply: FastifyReply, card: Card): Promise<FastifyReply> {
    return reply
      .type('image/png')
      .header('cache-control', 'public, max-age=3600')
      .header('cross-origin-resource-policy', 'cross-origin')
      .send(await pngOf(cardSvg(card)))
  }

  app.get(
    '/cards/papers/:file',
    { schema: schemaOf('a paper or a day', paperFile) },
    async (request, reply) => {
      const name = withoutEnd(request.params.file)
      return send(reply, await (isDay(name) ? cardOfDay(services, name) : cardOfPaper(services, name)))
    },
  )
  app.get('/cards/papers/:archive/:file', { schema: oldSchema }, async (request, reply) => {
    const { archive, file } = request.params
    return send(reply, await cardOfPaper(services, `${archive}/${withoutEnd(file)}`))
  })
  app.get('/cards/editions/:file', { schema: schemaOf('an edition', editionFile) }, async (request, reply) =>
    send(reply, await cardOfEdition(services, withoutEnd(request.params.file))),
  )
}

const withoutEnd = (file: string): string => file.replace(/\.png$/, '')

const pngFile = (example: string) => Type.String({ maxLength: 100, pattern: '\\.png$', examples: [example] })
const paperFile = pngFile('2608.10000.png')
const editionFile = pngFile('2026-08-05.png')

const answers = { 200: binaryAnswer('image/png', 'The card'), ...problems('not-found') }

const schemaOf = (what: string, file: typeof paperFile) => ({
  summary: `The card that stands for ${what} where its page is shared`,
  tags: ['pages'],
  params: Type.Object({ file }),
  response: answers,
})

const oldSchema = {
  summary: 'The card of a paper whose arXiv id is of the old kind',
  tags: ['pages'],
  params: Type.Object({
    archive: Type.String({ maxLength: 50, examples: ['math'] }),
    file: pngFile('0309136.png'),
  }),
  response: answers,
}
