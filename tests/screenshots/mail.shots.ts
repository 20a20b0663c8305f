/** Pictures of the mails, made by `npm run screenshots`. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'
import { compileEdition } from '../../src/editions/compiling/compile.js'
import type { Fragments } from '../../src/mail/message/compiled.js'
import { openBrowser } from '../support/browser.js'
import { takePictures } from '../support/pictures.js'
import { editionOf, shownPapers } from '../support/shown-papers.js'

const whole = ({ head, cards, foot }: Fragments) => head + cards.join('') + foot

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

it('takes the edition', async () => {
  const { html } = await compileEdition(editionOf(shownPapers(10)))
  const sizes = await takePictures(browser, 'mail', (page) => page.setContent(whole(html)))
  expect(Math.max(...sizes)).toBeLessThan(100_000)
})
