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

/** All that axe finds, best practices and the size of targets included. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const rules = { 'target-size': { enabled: true } }
  const results = await page.evaluate<axe.AxeResults>(`axe.run({ rules: ${JSON.stringify(rules)} })`)
  return results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')})`,
  )
}

/** By how many pixels the page is wider than its window. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth')
}
