/** Assembly: whatever goes in comes out again when the message is parsed. */
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { assembleMail, prepareMail, type ReaderMail } from '../../../src/mail/message/assemble.js'
import type { CompiledMail } from '../../../src/mail/message/compiled.js'
import { encodeText, headerLine } from '../../../src/mail/message/headers.js'

const mail: CompiledMail = {
  subject: 'Daily papers of 6 May 2026: Attention – again',
  html: {
    head: '<html><body>\n<p class="a">Hello   world</p>\n<a href="@@WEB_URL@@">web</a>',
    cards: ['<p>one</p>', '<p>.two\n.\n</p>', '<p>three ünïcode 🎉</p>\n'],
    foot: '<a href="@@UNSUBSCRIBE_URL@@">leave</a></body></html>\n',
  },
  text: {
    head: 'Hello\n',
    cards: ['one\n', '.two\n', 'From three\n'],
    foot: 'leave: @@UNSUBSCRIBE_URL@@ \nbye',
  },
}
const reader: ReaderMail = {
  from: { name: 'Daily Papers', address: 'papers@example.org' },
  to: 'ada@example.com',
  messageId: 'd1.abc@example.org',
  date: new Date('2026-05-06T06:00:00Z'),
  values: { UNSUBSCRIBE_URL: 'https://example.org/u/abc?x=1&y=2', WEB_URL: 'https://example.org/w' },
}
const list = {
  name: 'Daily Papers',
  id: 'papers.example.org',
  unsubscribeUrl: 'https://example.org/u/abc?x=1&y=2',
  archiveUrl: 'https://example.org/editions/2026-05-06',
  feedbackId: 'e12:daily:papers:example',
}

async function messageOf(compiled: CompiledMail, changes: Partial<ReaderMail> = {}): Promise<Buffer> {
  return Buffer.concat(await assembleMail(prepareMail(compiled), { ...reader, ...changes }))
}

const parse = (message: Buffer) => simpleParser(message, { skipTextToHtml: true, skipImageLinks: true })

/** What every message has to keep, whatever is in it. */
function expectClean(message: Buffer): void {
  const text = message.toString('latin1')
  const lines = text.split('\r\n')
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998)
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  expect(body).not.toMatch(/(^|\n)\.|(^|\n)From |[ \t]{2}|[ \t]\r\n/)
  expect(Math.max(...body.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
}

describe('a message', () => {
  test('carries both parts with the reader’s values, escaped where they land in HTML', async () => {
    const message = await messageOf(mail, { list })
    expectClean(message)
    const parsed = await parse(message)
    expect(parsed.subject).toBe(mail.subject)
    expect(parsed.text).toBe('Hello\none\n.two\nFrom three\nleave: https://example.org/u/abc?x=1&y=2 \nbye')
    expect(parsed.html).toContain(
      '<p class="a">Hello   world</p>\n<a href="https://example.org/w">web</a><p>one</p>',
    )
    expect(parsed.html).toContain('<a href="https://example.org/u/abc?x=1&amp;y=2">leave</a></body></html>')
    expect(parsed.messageId).toBe('<d1.abc@example.org>')
    expect(parsed.date).toEqual(reader.date)
    expect(parsed.from?.value).toEqual([reader.from])
  })

  test('has the headers of a list, and a letter has none of them', async () => {
    const text = (await messageOf(mail, { list })).toString()
    expect(text).toContain('\r\nList-Id: Daily Papers <papers.example.org>\r\n')
    expect(text).toContain('\r\nList-Unsubscribe: <https://example.org/u/abc?x=1&y=2>\r\n')
    expect(text).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
    expect(text).toContain('\r\nList-Archive: <https://example.org/editions/2026-05-06>\r\n')
    expect(text).toContain('\r\nFeedback-ID: e12:daily:papers:example\r\n')
    expect((await messageOf(mail)).toString()).not.toMatch(/\r\n(List-|Feedback-ID|Precedence)/)
  })

  test('asks programs not to reply, as a broadcast and as a letter', async () => {
    for (const given of [{ list }, {}]) {
      const text = (await messageOf(mail, given)).toString()
      expect(text).toContain('\r\nAuto-Submitted: auto-generated\r\n')
      expect(text).toContain('\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n')
    }
  })

  test('offers one click over HTTPS alone (RFC 8058 3.1)', async () => {
    const plain = { ...list, unsubscribeUrl: 'http://example.org/u/abc' }
    const text = (await messageOf(mail, { list: plain })).toString()
    expect(text).toContain('\r\nList-Unsubscribe: <http://example.org/u/abc>\r\n')
    expect(text).not.toContain('List-Unsubscribe-Post')
  })

  test('has the cards that the reader gets in their order', async () => {
    const parsed = await parse(await messageOf(mail, { order: [2, 0] }))
    expect(parsed.text).toContain('Hello\nFrom three\none\nleave')
    expect(parsed.html).toMatch(/three ünïcode 🎉<\/p>\n<p>one<\/p><a href/)
    await expect(messageOf(mail, { order: [3] })).rejects.toThrow('no card 3')
  })

  test('is the same bytes in the common order, said or unsaid', async () => {
    expect(await messageOf(mail, { order: [0, 1, 2] })).toEqual(await messageOf(mail))
  })

  test.for([
    ['a line break in the address', { to: 'ada@example.com\r\nBcc: eve@example.com' }],
    ['a bare line feed', { to: 'ada\n@example.com' }],
    ['two addresses', { to: 'ada@example.com,eve@example.com' }],
    ['an angle bracket', { to: 'ada@example.com>' }],
    ['no address', { to: 'ada' }],
    ['a broken sender', { from: { name: 'x', address: 'a@b\r\nX: y' } }],
    ['a broken Message-ID', { messageId: 'a@b>\r\nX: y' }],
    ['a broken link', { list: { ...list, unsubscribeUrl: 'https://example.org/>\r\nX: y' } }],
    ['a link that is none', { list: { ...list, archiveUrl: 'javascript:alert(1)' } }],
    ['a broken Feedback-ID', { list: { ...list, feedbackId: 'a\r\nX: y' } }],
  ] as const)('is refused for %s', async ([, changes]) => {
    await expect(messageOf(mail, changes)).rejects.toMatchObject({ name: 'Problem', code: 'invalid' })
  })

  test('puts domains into A-labels and keeps local parts in UTF-8', async () => {
    const text = (await messageOf(mail, { to: 'jürgen@bücher.example' })).toString()
    expect(text).toContain('\r\nTo: <jürgen@xn--bcher-kva.example>\r\n')
  })
})

const oneLine = (text: string) =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
const newlines = (text: string) => text.replaceAll(/\r\n?/g, '\n')
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      ' ',
      '.',
      '=',
      '\n',
      '\r\n',
      '\t',
      '--',
      'From ',
      '@@',
      '=?utf-8?q?',
      '?=',
      'é',
    ),
  }),
)

describe('any text', () => {
  test('comes back as it was, whatever is in the fragments', async () => {
    await fc.assert(
      fc.asyncProperty(words, fc.array(words, { maxLength: 4 }), words, async (head, cards, foot) => {
        const compiled = {
          subject: 's',
          html: { head, cards, foot },
          text: { head: 'x', cards: cards.map(() => ''), foot: '' },
        }
        const message = await messageOf(compiled)
        expectClean(message)
        const whole = newlines(head) + cards.map(newlines).join('') + newlines(foot)
        const parsed = await parse(message)
        expect(newlines(parsed.html || '')).toBe(whole)
      }),
      { numRuns: 300 },
    )
  })

  test('is one header line as subject and as name, and reads the same', async () => {
    await fc.assert(
      fc.asyncProperty(words, words, async (subject, name) => {
        const message = await messageOf({ ...mail, subject }, { from: { name, address: 'p@example.org' } })
        expectClean(message)
        const parsed = await parse(message)
        expect(parsed.subject ?? '').toBe(oneLine(subject))
        expect(parsed.from?.value[0]).toEqual({ name: oneLine(name), address: 'p@example.org' })
        expect([...parsed.headers.keys()]).not.toContain('bcc')
      }),
      { numRuns: 300 },
    )
  })
})

test('brings a link of any length, also where a line of it begins with a dot', async () => {
  const link = fc.string({ unit: fc.constantFrom('a', '/', '.', '-', '%', '&'), maxLength: 400 })
  await fc.assert(
    fc.asyncProperty(link, async (path) => {
      const url = `https://example.org/${path}`
      const message = await messageOf(mail, { values: { UNSUBSCRIBE_URL: url } })
      expectClean(message)
      expect((await parse(message)).text).toContain(`leave: ${url} \nbye`)
    }),
    { numRuns: 300 },
  )
})

test('keeps lines with encoded words within 76 columns, the name of the header counted', () => {
  for (const length of [1, 20, 40, 60, 61, 62, 63, 64, 65, 66, 70, 100, 300]) {
    const line = headerLine(
      'Subject',
      encodeText('Subject', `${'é'.repeat(length / 2)} ${'a'.repeat(length)}`),
    )
    for (const folded of line.trimEnd().split('\r\n')) expect(folded.length).toBeLessThanOrEqual(76)
  }
})
