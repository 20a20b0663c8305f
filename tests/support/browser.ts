/** A real Chromium for what must be seen; tests that need it are left out aloud where there is none. */
import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

const chromiumPath = places.find((place) => place && existsSync(place))

export const withoutChromium = !chromiumPath

if (withoutChromium)
  console.warn('No Chromium at CHROMIUM_PATH or /usr/bin: tests in a browser are left out.')

export function openBrowser(): Promise<Browser> {
  if (!chromiumPath) throw new Error('there is no Chromium here: set CHROMIUM_PATH')
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/**
 * All that axe finds, best practices and the size of targets included.
 * @param within only in this part of the page.
 */
export async function findings(page: Page, within?: string): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source)
  // A frame in which no script may run does not answer, and would be waited for.
  const options = { rules: { 'target-size': { enabled: true } }, iframes: false }
  const part = within ? `document.querySelector(${JSON.stringify(within)})` : 'document'
  const results = await page.evaluate<axe.AxeResults>(`axe.run(${part}, ${JSON.stringify(options)})`)
  return results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')})`,
  )
}

/** What axe finds in the page that is open, and what is too wide: wide and on a phone, in light and dark. */
export async function findingsOnScreens(page: Page, within?: string): Promise<string[]> {
  const found: string[] = []
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const here = await findings(page, within)
      if ((await sidewaysOverflow(page)) > 0) here.push('it is wider than the window')
      found.push(...here.map((one) => `${width} ${colorScheme}: ${one}`))
    }
  }
  await page.setViewportSize({ width: 1280, height: 844 })
  return found
}

/** By how many pixels the page is wider than its window. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth')
}
