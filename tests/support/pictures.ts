/** Takes the pictures of README: light, dark and phone, in the typeface that readers of most systems see. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'

/** Kept with the project, since README shows them. */
const picturesFolder = fileURLToPath(new URL('../screenshots/pictures/', import.meta.url))

const views = {
  light: { width: 700, height: 980, colorScheme: 'light' },
  dark: { width: 700, height: 980, colorScheme: 'dark' },
  phone: { width: 375, height: 812, colorScheme: 'light' },
} as const

type View = { width: number; height: number; colorScheme: 'light' | 'dark' }

/**
 * Writes `NAME-light.webp`, `NAME-dark.webp` and `NAME-phone.webp`, or one for each of other views; `open` shows
 * what is to be seen in each page.
 * @returns the files' sizes in bytes.
 */
export async function takePictures(
  browser: Browser,
  name: string,
  open: (page: Page) => Promise<unknown>,
  wanted: Record<string, View> = views,
): Promise<number[]> {
  const sizes: number[] = []
  const typeface = await charter()
  await mkdir(picturesFolder, { recursive: true })
  for (const [view, { width, height, colorScheme }] of Object.entries(wanted)) {
    // Pages of ours let no style in from outside.
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, bypassCSP: true })
    await open(page)
    await page.addStyleTag({ content: typeface })
    await page.evaluate('document.fonts.ready')
    const picture = await capture(page)
    await writeFile(`${picturesFolder}${name}-${view}.webp`, picture)
    sizes.push(picture.length)
    await page.close()
  }
  return sizes
}

/** A third of the size of a PNG, which counts for what is kept in a repository. */
async function capture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 85 })
  return Buffer.from(data, 'base64')
}

/** Charis SIL is drawn after Charter, which Apple's systems bring along and Linux mostly does not. */
async function charter(): Promise<string> {
  const require = createRequire(import.meta.url)
  const faces = [
    [400, 'normal'],
    [400, 'italic'],
    [700, 'normal'],
  ] as const
  const rules = faces.map(async ([weight, style]) => {
    const file = require.resolve(`@fontsource/charis-sil/files/charis-sil-latin-${weight}-${style}.woff2`)
    const data = (await readFile(file)).toString('base64')
    return `@font-face{font-family:Charter;font-weight:${weight};font-style:${style};src:url(data:font/woff2;base64,${data})}`
  })
  return (await Promise.all(rules)).join('\n')
}
