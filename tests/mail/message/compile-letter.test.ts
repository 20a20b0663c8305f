/** Letters: escaped, with tokens only where the small print asks for them. */
import { expect, it } from 'vitest'
import { compileLetter } from '../../../src/mail/message/compile-letter.js'
import type { Letter } from '../../../src/mail/message/letter.js'

const letter: Letter = {
  subject: 'Confirm your subscription',
  heading: 'One <click> & you are in',
  preheader: 'Press the button.',
  paragraphs: ['Somebody asked for it: @@UNSUBSCRIBE_URL@@ <b>.'],
  button: { label: 'Confirm', url: 'https://papers.example.org/confirm/abc?a=1&b=2' },
  smallPrint: ['You did not? Do nothing.', 'Too much? @@UNSUBSCRIBE_URL@@ or @@PREFERENCES_URL@@.'],
  publication: 'Daily Papers',
}

it('compiles to one document without cards', async () => {
  const { html, text, subject } = await compileLetter(letter)
  const page = html.head + html.foot
  expect(subject).toBe('Confirm your subscription')
  expect(html.cards).toEqual([])
  expect(page).toMatch(/^<!doctype html>[^]*<\/html>$/)
  expect(page).toContain('One &lt;click&gt; &amp; you are in')
  expect(page.match(/href="https:\/\/papers\.example\.org\/confirm\/abc\?a=1&amp;b=2"/g)).toHaveLength(2)
  expect(text.head + text.foot).toContain('Confirm:\nhttps://papers.example.org/confirm/abc?a=1&b=2\n')
})

it('has tokens in its small print alone: labelled links in HTML, bare in text', async () => {
  const { html, text } = await compileLetter(letter)
  expect(html.head).not.toContain('@@')
  expect(html.foot).toMatch(
    /href="@@UNSUBSCRIBE_URL@@"[^>]*>Unsubscribe<\/a> or <a [^>]*href="@@PREFERENCES_URL@@"/,
  )
  expect(html.foot.match(/@@\w+@@/g)).toHaveLength(2)
  expect(text.head).not.toContain('@@')
  expect(text.foot).toContain('Too much? @@UNSUBSCRIBE_URL@@ or @@PREFERENCES_URL@@.')
})

it('does without a button', async () => {
  const { html, text } = await compileLetter({ ...letter, button: null })
  expect(html.head + html.foot).not.toContain('class="button"')
  expect(text.head).not.toContain('https://')
})

it('keeps the texts of letters of one shape apart', async () => {
  const [one, two] = await Promise.all(
    ['first', 'second @@SLOT_0@@'].map((heading) =>
      compileLetter({ ...letter, heading, paragraphs: [heading] }),
    ),
  )
  expect(one?.html.head).toContain('>first</h1>')
  expect(one?.html.head).not.toContain('second')
  expect(two?.html.head).toMatch(/>second @\u2060@SLOT_0@\u2060@<\/h1>/)
})
