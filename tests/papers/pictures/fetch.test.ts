/** Pictures of strangers: what is good is kept as we drew it, what is not ends in a line of the log. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { fetchDuePictures } from '../../../src/papers/pictures/fetch-due.js'
import { fetchPictures, picturesAreDue } from '../../../src/papers/pictures/fetch-job.js'
import { fetchPicture } from '../../../src/papers/pictures/fetch-picture.js'
import { Painter } from '../../../src/papers/pictures/painter.js'
import { readPicture } from '../../../src/papers/pictures/store.js'
import { readPaper } from '../../../src/papers/reads.js'
import type { Log } from '../../../src/log.js'
import { silentLog } from '../../../src/log.js'
import { foundPaper, keepDay } from '../../support/kept-days.js'
import { bomb, diagram, type PictureStandIn, startPictureStandIn } from '../../support/picture-stand-in.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-07-21T08:00:00Z')
const id = '2607.00001'
let host: PictureStandIn
let other: PictureStandIn
let painter: Painter
let warned: Record<string, unknown>[]
const log: Log = { ...silentLog, warn: (fields: object) => void warned.push({ ...fields }) }

beforeAll(async () => {
  host = await startPictureStandIn()
  other = await startPictureStandIn()
  painter = new Painter()
})
afterAll(async () => {
  await painter.close()
  await Promise.all([host.close(), other.close()])
})
beforeEach(async () => {
  warned = []
  clock.set('2026-07-21T08:00:00Z')
  await db.sql('TRUNCATE paper, look CASCADE')
})

const offer = (...pictureUrls: string[]) => keepDay(db, '2026-07-20', [foundPaper(id, { pictureUrls })])
const bounds = { timeoutMs: 400, mostBytes: 8_000_000 }
const fetchDue = (given = painter) =>
  fetchDuePictures({ db, clock, log, painter: given, sourceUrl: host.url, bounds })
const shown = async () => (await readPaper(db, id))?.picture ?? null
const offers = () =>
  db.sql<{ tries: number; due_at: Date | null; fault: string | null }>(
    'SELECT tries, due_at, fault FROM picture_offer',
  )

describe('a picture of a paper', () => {
  it('is kept in two forms as we drew it, without what its file told besides', async () => {
    const given = await sharp(await diagram(1600, 800))
      .jpeg()
      .withExif({ IFD0: { Artist: 'Ann Reader' } })
      .toBuffer()
    await offer(host.serve('/figure.jpg', given))
    expect(await fetchDue()).toBe(1)
    const picture = await shown()
    expect(picture).toMatchObject({
      kind: 'figure',
      large: { width: 1200, height: 600 },
      small: { width: 320, height: 160 },
    })
    const bytes = (await readPicture(db, picture?.large.hash ?? '')) ?? Buffer.alloc(0)
    expect(bytes.includes('Ann Reader')).toBe(false)
    expect((await sharp(bytes).metadata()).format).toBe('jpeg')
    expect(await offers()).toEqual([{ tries: 1, due_at: null, fault: null }])
    expect(await fetchDue()).toBe(0)
  })

  it('is the first of those offered that is one, also over a redirect to a host that is allowed', async () => {
    const preview = host.serve('/social-thumbnails/papers/1.png', await diagram())
    const moved = host.serve('/moved', (response) => response.writeHead(302, { location: preview }).end())
    await offer(host.serve('/film.jpg', 'no picture'), moved)
    await fetchDue()
    expect(await shown()).toMatchObject({ kind: 'figure', large: { width: 1200, height: 648 } })
    await offer(preview)
    await fetchDue()
    expect(await shown()).toMatchObject({ kind: 'preview' })
  })

  it('of an animation is its first frame, and of what is transparent stands on white', async () => {
    const clear = { r: 0, g: 0, b: 0, alpha: 0 }
    const gif = await sharp({ create: { width: 400, height: 300, channels: 4, background: clear } })
      .gif()
      .toBuffer()
    await offer(host.serve('/clear.gif', gif))
    await fetchDue()
    const bytes = await readPicture(db, (await shown())?.large.hash ?? '')
    const { channels } = await sharp(bytes ?? Buffer.alloc(0)).stats()
    expect(channels.map(({ min }) => min)).toEqual([255, 255, 255])
  })

  it('goes with its paper', async () => {
    await offer(host.serve('/figure.png', await diagram()))
    await fetchDue()
    await db.sql('DELETE FROM listing')
    await db.sql('DELETE FROM snapshot')
    await db.sql('DELETE FROM paper')
    expect(await db.sql('SELECT 1 FROM picture UNION ALL SELECT 1 FROM picture_offer')).toEqual([])
  })
})

const html = '<!doctype html><html><body><script>alert(1)</script></body></html>'
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><script>alert(1)</script><image href="file:///etc/passwd"/></svg>`

describe('a hostile picture', () => {
  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['that unpacks to four gigapixels', () => host.serve('/x', bomb(65_000, 65_000)), /pixel limit/],
    ['that ends before its rows do', () => host.serve('/x', bomb(5_000, 3_990).subarray(0, 9_000)), /./],
    ['that is SVG with a script', () => host.serve('/x', svg), /no JPEG, PNG, WebP or GIF/],
    ['that is HTML called image/jpeg', () => host.serve('/x', html), /no JPEG, PNG, WebP or GIF/],
    ['that only begins like one', () => host.serve('/x', Buffer.from('ffd8ffe000104a464946', 'hex')), /./],
    ['that is a tracking pixel', async () => host.serve('/x', await diagram(1, 1)), /too small: 1 × 1/],
    ['that is a stripe', async () => host.serve('/x', await diagram(2_000, 120)), /a stripe/],
    ['of nine megabytes', () => host.serve('/x', Buffer.alloc(9_000_000)), /larger than 8000000 bytes/],
    ['that is not there', () => `${host.url}/absent`, /status 404/],
    ['of a host that is none of ours', () => other.serve('/x', 'x'), /none of the hosts/],
    ['at a private address', () => 'https://169.254.169.254/latest/meta-data', /none of the hosts/],
    [
      'that leads to a private address',
      () =>
        host.serve('/x', (response) =>
          response.writeHead(302, { location: other.serve('/secret', 'x') }).end(),
        ),
      /none of the hosts/,
    ],
    [
      'that leads in a circle',
      () => host.serve('/x', (response) => response.writeHead(301, { location: '/x' }).end()),
      /more than 3 redirects/,
    ],
  ])('%s leaves none, and a line in the log', async (_what, urlOf, fault) => {
    await offer(await urlOf())
    await fetchDue()
    expect(await shown()).toBeNull()
    expect(warned).toMatchObject([{ paper: id, fault: expect.stringMatching(fault), again: false }])
    expect(await offers()).toMatchObject([{ tries: 1, due_at: null }])
    expect(other.asked).toEqual([])
  })

  it('that never comes is asked for four times, ever later, and then given up', async () => {
    await offer(
      host.serve('/slow', (response) => {
        response.writeHead(200, { 'content-type': 'image/png' })
        response.write('\u0089PNG')
      }),
    )
    const waits: (number | null)[] = []
    for (let i = 0; i < 4; i += 1) {
      expect(await fetchDue()).toBe(1)
      const [row] = await offers()
      waits.push(row?.due_at ? (row.due_at.getTime() - clock.now().getTime()) / 60_000 : null)
      if (row?.due_at) clock.set(row.due_at.toISOString())
    }
    expect(waits).toEqual([15, 30, 60, null])
    expect(warned.map(({ again }) => again)).toEqual([true, true, true, false])
    expect(await fetchDue()).toBe(0)
  })

  it('that takes too long to be drawn ends the process that draws it, and the next is drawn', async () => {
    const hasty = new Painter(1)
    try {
      await offer(host.serve('/heavy', await diagram(4_000, 4_000)))
      await fetchDue(hasty)
      expect(warned).toMatchObject([{ fault: 'it took longer than 0.001 s', again: false }])
    } finally {
      await hasty.close()
    }
    await db.sql('UPDATE picture_offer SET due_at = $1', [clock.now()])
    await fetchDue()
    expect(await shown()).not.toBeNull()
  })
})

describe('the job', () => {
  it('fetches what is due, and nothing with PICTURES=off', async () => {
    await offer(host.serve('/figure.png', await diagram()))
    const env = { PAPERS_API_URL: host.url }
    const off = await testServices(db, { ...env, PICTURES: 'off' }, { clock })
    expect(await picturesAreDue(off)).toBe(false)
    const on = await testServices(db, env, { clock })
    expect(await picturesAreDue(on)).toBe(true)
    await fetchPictures(on)
    expect(await shown()).not.toBeNull()
    expect(await picturesAreDue(on)).toBe(false)
  })
})

describe('the hosts of pictures', () => {
  const sourceUrl = 'https://huggingface.co'
  const faultOf = (url: string, addresses: string[]) =>
    fetchPicture(url, {
      sourceUrl,
      bounds,
      resolve: async () => addresses.map((address) => ({ address, family: 4 })),
    }).then(
      () => 'an answer',
      (error: Error) => error.message,
    )

  it('are refused when their names lead into a private network', async () => {
    for (const name of ['cdn-uploads.huggingface.co', 'us.gcp.cdn.hf.co']) {
      expect(await faultOf(`https://${name}/x.png`, ['10.0.0.8'])).toMatch(/no public address/)
    }
  })

  it.each([
    'http://cdn-uploads.huggingface.co/x.png',
    'https://cdn-uploads.huggingface.co:8443/x.png',
    'https://huggingface.co.evil.example/x.png',
    'https://evilhf.co/x.png',
    'https://.hf.co/x.png',
    'https://huggingface.co@evil.example/x.png',
    'file:///etc/passwd',
  ])('do not include %s', async (url) => {
    expect(await faultOf(url, ['8.8.8.8'])).toMatch(/none of the hosts/)
  })
})
