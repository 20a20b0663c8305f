/** The mail that the benchmark sends: 39 KB as it goes over the wire, of ten papers. */
import type { CompiledMail } from '../../src/mail/message/compiled.js'

const sentence = 'A sentence about a paper that many people liked today, as long as such sentences are. '

function card(rank: number): string {
  return (
    `<table role="presentation" width="100%"><tr><td style="font-family:Georgia,serif;font-size:34px">${rank}</td>` +
    `<td style="padding:0 0 24px 16px"><a href="https://example.org/papers/2605.0000${rank}" style="color:#1a1a1a">` +
    `A title of paper number ${rank}, as long as titles of papers are</a><p style="line-height:1.5">` +
    `${sentence.repeat(26)}</p></td></tr></table>\n`
  )
}

const ranks = Array.from({ length: 10 }, (_, at) => at + 1)

export const compiled: CompiledMail = {
  subject: 'Daily papers of 6 May 2026: A title of paper number 1 and 9 more',
  html: {
    head: `<!doctype html><html lang="en"><head><style>${'.a{color:#123456} '.repeat(120)}</style></head><body>\n`,
    cards: ranks.map(card),
    foot: '<p><a href="@@WEB_URL@@">web</a> <a href="@@UNSUBSCRIBE_URL@@">leave</a> <a href="@@PREFERENCES_URL@@">change</a></p></body></html>\n',
  },
  text: {
    head: 'Daily Papers\n\n',
    cards: ranks.map((rank) => `${rank}. A title of paper number ${rank}\n${sentence.repeat(8)}\n\n`),
    foot: 'Leave: @@UNSUBSCRIBE_URL@@\nChange: @@PREFERENCES_URL@@\nWeb: @@WEB_URL@@\n',
  },
}

/** The same content as one would hand it to nodemailer. */
export const plain = {
  subject: compiled.subject,
  html: compiled.html.head + compiled.html.cards.join('') + compiled.html.foot,
  text: compiled.text.head + compiled.text.cards.join('') + compiled.text.foot,
}
