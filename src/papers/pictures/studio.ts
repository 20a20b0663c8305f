/** What is drawn, by `sharp`: pictures of strangers made small, cards of our own made of SVG. */
import { createRequire } from 'node:module'
import { formatOf } from './format-of.js'
import type { Drawn } from './painter.js'

/** All pixels of what is decoded; four bytes each, where a format cannot be read row by row. */
const mostPixels = 20_000_000
const seconds = 8

/** Smaller ones are logos and marks; longer ones would be a stripe. */
const least = { width: 200, height: 100 }
const longestSide = 6

const large = { width: 1200, height: 900 }
const small = { width: 320, height: 240 }

const fonts = [
  '700Bold/CharisSIL_700Bold.ttf',
  '400Regular/CharisSIL_400Regular.ttf',
  '400Regular_Italic/CharisSIL_400Regular_Italic.ttf',
]

type Studio = {
  /** The large one and the small one. @throws Error for what is no picture, or none that is fit to be shown. */
  shrink(bytes: Uint8Array): Promise<Drawn[]>
  /** A PNG of an SVG that we made ourselves. */
  card(svg: string): Promise<Drawn[]>
}

/** @throws where `sharp` is not installed for this machine. */
export async function openStudio(): Promise<Studio> {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  sharp.concurrency(1)
  const options = { limitInputPixels: mostPixels, failOn: 'error', pages: 1, sequentialRead: true } as const

  async function jpeg(bytes: Uint8Array, within: { width: number; height: number }): Promise<Drawn> {
    const { data, info } = await sharp(bytes, options)
      .timeout({ seconds })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize({ ...within, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .jpeg({ quality: 76, mozjpeg: true })
      .toBuffer({ resolveWithObject: true })
    return { bytes: data, width: info.width, height: info.height }
  }

  /** A face is known to the process once a text was set in it. */
  async function loadFonts(): Promise<void> {
    const require = createRequire(import.meta.url)
    for (const font of fonts) {
      const fontfile = require.resolve(`@expo-google-fonts/charis-sil/${font}`)
      await sharp({ text: { text: 'x', fontfile } })
        .png()
        .toBuffer()
    }
  }
  let loading: Promise<void> | undefined

  return {
    async shrink(bytes) {
      if (!formatOf(bytes)) throw new Error('no JPEG, PNG, WebP or GIF')
      const { width, height } = await sharp(bytes, options).metadata()
      if (width < least.width || height < least.height) throw new Error(`too small: ${width} × ${height}`)
      if (Math.max(width / height, height / width) > longestSide) {
        throw new Error(`a stripe: ${width} × ${height}`)
      }
      const first = await jpeg(bytes, large)
      return [first, await jpeg(first.bytes, small)]
    },
    async card(svg) {
      await (loading ??= loadFonts())
      const { data, info } = await sharp(Buffer.from(svg))
        .timeout({ seconds })
        .png({ palette: true, colours: 64 })
        .toBuffer({ resolveWithObject: true })
      return [{ bytes: data, width: info.width, height: info.height }]
    },
  }
}
