/** Takes the pictures of README: light, dark and phone, in the typeface that readers of most systems see. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'

/** Kept with the project, since README shows them. */
export const picturesFolder = fileURLToPath(new URL('../screenshots/pictures/', import.meta.url))

const views = {
  light: { width: 700, height: 980, colorScheme: 'light' },
  dark: { width: 700, height: 980, colorScheme: 'dark' },
  phone: { width: 375, height: 812, colorScheme: 'light' },
} as const

/**
 * Writes `NAME-light.png`, `NAME-dark.png` and `NAME-phone.png`; `open` shows what is to be seen in each page.
 * @returns the files' sizes in bytes.
 */
export async function takePictures(
  browser: Browser,
  name: string,
  open: (page: Page) => Promise<unknown>,
): Promise<number[]> {
  const sizes: number[] = []
  const typeface = await charter()
  for (const [view, { width, height, colorScheme }] of Object.entries(views)) {
    // Pages of ours let no style in from outside.
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, bypassCSP: true })
    await open(page)
    await page.addStyleTag({ content: typeface })
    await page.evaluate('document.fonts.ready')
    const picture = await page.screenshot({ path: `${picturesFolder}${name}-${view}.png` })
    sizes.push(picture.length)
    await page.close()
  }
  return sizes
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
