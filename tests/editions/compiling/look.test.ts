/** The mail as Chromium shows it: readable, within the window, dark where dark is wished for. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileEdition } from '../../../src/editions/compiling/compile.js'
import { compileLetter } from '../../../src/mail/message/compile-letter.js'
import type { Fragments } from '../../../src/mail/message/compiled.js'
import { dark, light } from '../../../src/format/palette.js'
import { openBrowser, findings, sidewaysOverflow, withoutChromium } from '../../support/browser.js'
import { editionOf, shownPapers } from '../../support/shown-papers.js'

const whole = ({ head, cards, foot }: Fragments) => head + cards.join('') + foot

/** As long as a link, and without a place to break it. */
const unbroken = `https://example.org/${'deepseek_harness_security'.repeat(5)}`

const longWords = shownPapers(6).map((paper) => ({
  ...paper,
  title: unbroken,
  summary: `See ${unbroken}`,
  organisation: unbroken,
  authors: [unbroken],
  note: unbroken,
}))

const mails = {
  'edition of long words': async () => {
    const changes = { publication: 'Papers'.repeat(12), byline: unbroken, senderAddress: unbroken }
    return whole((await compileEdition(editionOf(longWords, changes))).html)
  },
  'letter of long words': async () =>
    whole(
      (
        await compileLetter({
          subject: unbroken,
          heading: unbroken,
          preheader: unbroken,
          paragraphs: [unbroken],
          button: { label: 'Confirm', url: unbroken },
          smallPrint: [unbroken, '@@PREFERENCES_URL@@ · @@UNSUBSCRIBE_URL@@'],
          publication: 'Papers'.repeat(12),
        })
      ).html,
    ),
  'edition whose picture is not let in': async () => {
    const form = { hash: '0'.repeat(32), width: 1200, height: 648 }
    const [lead, ...others] = shownPapers(4)
    const picture = { kind: 'figure', large: form, small: form } as const
    return whole((await compileEdition(editionOf([{ ...lead!, picture }, ...others]))).html)
  },
  edition: async () => whole((await compileEdition(editionOf(shownPapers()))).html),
  letter: async () =>
    whole(
      (
        await compileLetter({
          subject: 'Confirm your subscription',
          heading: 'One click and you are in',
          preheader: 'Press the button.',
          paragraphs: ['Somebody, hopefully you, asked for Daily Papers.'],
          button: { label: 'Confirm', url: `https://papers.example.org/confirm/${'x'.repeat(86)}` },
          smallPrint: ['You did not? Do nothing.', 'Too much? @@UNSUBSCRIBE_URL@@.'],
          publication: 'Daily Papers',
        })
      ).html,
    ),
}

describe.skipIf(withoutChromium).each(Object.entries(mails))('the %s', (_name, make) => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await openBrowser()
    page = await browser.newPage()
    await page.setContent(await make())
  })
  afterAll(() => browser?.close())

  it.each([
    ['light', light],
    ['dark', dark],
  ] as const)('has no fault in %s, and its colours', async (colorScheme, palette) => {
    await page.emulateMedia({ colorScheme })
    expect(await findings(page)).toEqual([])
    expect(await colour(page, '[role=main]', 'background-color')).toBe(palette.paper)
    expect(await colour(page, 'h1', 'color')).toBe(palette.ink)
    expect(await colour(page, '.button td', 'background-color')).toBe(palette.accent)
    expect(await colour(page, '.button a', 'color')).toBe(palette.onAccent)
  })

  it.each([320, 375, 390, 700])('fits into %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 })
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0)
  })

  it('keeps the links at the foot 44 pixels apart on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    const links = await boxes(page, '.foot a')
    expect(links.length).toBeGreaterThan(0)
    for (const [i, link] of links.entries()) {
      expect(link.height).toBeGreaterThanOrEqual(44)
      for (const other of links.slice(i + 1)) {
        const [x, y] = [
          other.left + other.width / 2 - link.left - link.width / 2,
          other.top + other.height / 2 - link.top - link.height / 2,
        ]
        expect(Math.hypot(x, y)).toBeGreaterThanOrEqual(44)
      }
    }
  })

  it('sets nothing smaller than 13 pixels', async () => {
    const smallest = await page.evaluate(
      `Math.min(...[...document.querySelectorAll('h1, h2, p, a, .line')].map((e) => parseFloat(getComputedStyle(e).fontSize)))`,
    )
    expect(smallest).toBeGreaterThanOrEqual(13)
  })
})

type Box = { left: number; top: number; width: number; height: number }

const boxes = (page: Page, selector: string): Promise<Box[]> =>
  page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.getBoundingClientRect().toJSON())`,
  )

async function colour(page: Page, selector: string, property: string): Promise<string> {
  const value = await page.evaluate<string>(
    `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).getPropertyValue('${property}')`,
  )
  const parts = value.match(/\d+/g) ?? []
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`
}
