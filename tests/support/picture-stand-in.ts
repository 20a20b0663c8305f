/** A host of pictures on loopback, good and hostile ones, and made-up pictures to serve. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { Db } from '../../src/db/client.js'
import { keepPicture } from '../../src/papers/pictures/store.js'
import { openStudio } from '../../src/papers/pictures/studio.js'
import { readPaper } from '../../src/papers/reads.js'

type Served = Buffer | string | ((response: ServerResponse) => void)

export type PictureStandIn = {
  url: string
  /** Paths that were asked for. */
  asked: string[]
  serve(path: string, what: Served): string
  close(): Promise<void>
}

export async function startPictureStandIn(): Promise<PictureStandIn> {
  const served = new Map<string, Served>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push(path)
    const what = served.get(path)
    if (what === undefined) return response.writeHead(404).end()
    if (typeof what === 'function') return what(response)
    return response.writeHead(200, { 'content-type': 'image/jpeg' }).end(what)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    asked,
    serve(path, what) {
      served.set(path, what)
      return url + path
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** A diagram of some boxes, in colours that no two pictures share. */
export function diagram(width = 1200, height = 648, hue = 210): Promise<Buffer> {
  const box = (x: number) =>
    `<rect x="${x * width}" y="${height * 0.3}" width="${width * 0.2}" height="${height * 0.4}" rx="12" fill="hsl(${hue + x * 90} 55% 72%)" stroke="#334" stroke-width="4"/>`
  const arrow = (x: number) =>
    `<path d="M${x * width} ${height / 2}h${width * 0.08}" stroke="#334" stroke-width="6" fill="none"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>${[0.08, 0.4, 0.72].map(box).join('')}${[0.3, 0.62].map(arrow).join('')}</svg>`
  return sharp(Buffer.from(svg)).png().toBuffer()
}

/** A PNG that says it has so many pixels, all black, in a few bytes for each row. */
export function bomb(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const whole = Buffer.alloc(8 + body.length)
    whole.writeUInt32BE(data.length)
    body.copy(whole, 4)
    whole.writeUInt32BE(crc32(body), 4 + body.length)
    return whole
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc(Math.min(height * (width + 1), 50_000_000)))
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** As PNG has it; Node 20.19 has none of its own. */
function crc32(bytes: Buffer): number {
  let crc = 0xff_ff_ff_ff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xed_b8_83_20 : crc >>> 1
  }
  return (crc ^ 0xff_ff_ff_ff) >>> 0
}

/** Gives a paper that is kept a picture, as the job would. */
export async function keepPictureOf(
  db: Db,
  paperId: string,
  bytes?: Buffer,
): Promise<{ large: string; small: string }> {
  const studio = await openStudio()
  const drawn = await studio.shrink(bytes ?? (await diagram()))
  const at = new Date('2026-07-21T06:00:00Z')
  await db.transaction('job', (tx) => keepPicture(tx, paperId, 'figure', drawn, at))
  const { large, small } = (await readPaper(db, paperId))?.picture ?? {}
  return { large: large?.hash ?? '', small: small?.hash ?? '' }
}
