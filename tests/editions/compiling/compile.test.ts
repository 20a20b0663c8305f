/** The mail of an edition: whole in any order, small enough, inert to what papers bring along. */
import { describe, expect, it } from 'vitest'
import { compileEdition } from '../../../src/editions/compiling/compile.js'
import type { ShownPaper } from '../../../src/editions/edition.js'
import type { Fragments } from '../../../src/mail/message/compiled.js'
import { editionOf, shownPapers } from '../../support/shown-papers.js'

const whole = (parts: Fragments, cards = parts.cards) => parts.head + cards.join('') + parts.foot

/** A paper whose every text tries to be something else. */
function hostile(text: string): ShownPaper {
  const [paper] = shownPapers(1)
  return {
    ...paper,
    title: text,
    summary: text,
    organisation: text,
    authors: [text],
    note: text,
  } as ShownPaper
}

function openTables(html: string): number {
  return html.split('<table').length - html.split('</table>').length
}

describe('an edition of twenty papers', async () => {
  const papers = shownPapers()
  const mail = await compileEdition(editionOf(papers))

  it('has one card for each paper, with the rank of the edition', () => {
    expect(mail.html.cards).toHaveLength(20)
    expect(mail.text.cards).toHaveLength(20)
    for (const [at, card] of mail.html.cards.entries()) {
      expect(card).toMatch(new RegExp(`<p class="rank"[^>]*>${at + 1}</p>`))
      expect(card).toContain(`https://papers.example.org/papers/${papers[at]?.id}"`)
      expect(card).toContain(`https://arxiv.org/abs/${papers[at]?.id}"`)
    }
    expect(mail.text.cards[9]).toMatch(/^10\. \S/)
  })

  it('stays under 80 KB of HTML, also with the longest of what a paper may have', async () => {
    expect(Buffer.byteLength(whole(mail.html))).toBeLessThan(80 * 1024)
    const long = papers.map((paper) => ({
      ...paper,
      summary: 'sixteen letters '.repeat(24),
      note: '+138 overnight',
    }))
    const { html } = await compileEdition(editionOf(long))
    expect(Buffer.byteLength(whole(html))).toBeLessThan(80 * 1024)
  })

  it('is whole with its cards turned round, with some and with none', () => {
    for (const cards of [mail.html.cards.toReversed(), mail.html.cards.slice(3, 5), []]) {
      const html = whole(mail.html, cards)
      expect(html).toMatch(/^<!doctype html>[^]*<\/html>$/)
      expect(openTables(html.replaceAll(/<!--\[if[^]*?<!\[endif\]-->/g, ''))).toBe(0)
    }
    for (const card of mail.html.cards) expect(openTables(card)).toBe(0)
  })

  it('says its language, title, preheader and colour schemes', () => {
    expect(mail.html.head).toMatch(/<html lang="en" dir="ltr"/)
    expect(mail.html.head).toContain('<title>SWE-Pruner Pro')
    expect(mail.html.head).toContain('Also: EvolvingWorld')
    expect(mail.html.head).toContain('<meta name="color-scheme" content="light dark">')
    expect(mail.html.head).toContain('Tuesday, 21 July 2026')
    expect(mail.html.head).toContain('No. 42')
    expect(whole(mail.html)).not.toMatch(/<img|<script|fonts\.googleapis/)
  })

  it('has a place for each link of the reader, and no other token', () => {
    const answers = Array.from({ length: 3 * papers.length }, () => '@@MINE_URL@@')
    expect(whole(mail.html).match(/@@\w+@@/g)).toEqual([
      ...answers,
      '@@WEB_URL@@',
      '@@PREFERENCES_URL@@',
      '@@UNSUBSCRIBE_URL@@',
    ])
    expect(whole(mail.text).match(/^[\w ]+: @@\w+@@$/gm)).toHaveLength(3)
    expect(whole(mail.text).match(/@@MINE_URL@@\/2026-07-21\?paper=\S+$/gm)).toHaveLength(papers.length)
  })

  it('wraps its plain text, links apart', () => {
    const long = whole(mail.text)
      .split('\n')
      .filter((line) => line.length > 72 && !/https:\/\/\S+$/.test(line))
    expect(long).toEqual([])
  })
})

it.each([
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['</mj-raw></mjml><b>', '&lt;/mj-raw&gt;&lt;/mjml&gt;&lt;b&gt;'],
  [']]> --> <!--card--> <!--foot-->', ']]&gt; --&gt; &lt;!--card--&gt; &lt;!--foot--&gt;'],
  ['=?utf-8?q?=0D=0ABcc:?=', '=?utf-8?q?=0D=0ABcc:?='],
  ['{{name}} [[x]] <%= 1 %>', '{{name}} [[x]] &lt;%= 1 %&gt;'],
  ['&lt;b&gt; &amp;', '&amp;lt;b&amp;gt; &amp;amp;'],
  ['"quoted" \'and\' <EOS>', '&lt;EOS&gt;'],
  ['中文 – é ñ 𝔘', '中文 – é ñ 𝔘'],
])('shows %s as it is written', async (text, shown) => {
  const papers = [hostile(text)]
  const { html, text: plain } = await compileEdition(editionOf(papers, { subject: text, preheader: text }))
  expect(html.cards).toHaveLength(1)
  expect(html.cards[0]).toContain(shown)
  expect(html.head).toContain(shown)
  expect(plain.cards[0]).toContain(text)
  expect(whole(html)).not.toMatch(/<script|<b>|<EOS>/)
})

it('says formulas so that a mail can be read, wherever they stand', async () => {
  const [paper] = shownPapers(1) as [ShownPaper]
  const papers = [
    { ...paper, title: 'Sorting in $\\mathcal{O}(n^2)$', summary: 'It takes $2^{10}\\times$ less.' },
  ]
  const mail = await compileEdition(editionOf(papers))
  expect(mail.subject).toBe('Sorting in O(n²)')
  for (const card of [mail.html.cards[0], mail.text.cards[0]]) {
    expect(card).toContain('Sorting in O(n²)')
    expect(card).toContain('It takes 2¹⁰× less.')
  }
  const others = shownPapers(2).map((other) => ({ ...other, title: 'Sorting in $O(n^2)$' }))
  expect((await compileEdition(editionOf(others))).html.head).toContain('Also: Sorting in O(n²)')
})

it('fills in no token that a paper brings along', async () => {
  const papers = [hostile('@@UNSUBSCRIBE_URL@@ @@@WEB_URL@@@')]
  const mail = await compileEdition(editionOf(papers, { subject: '@@WEB_URL@@', preheader: '@@WEB_URL@@' }))
  expect(whole(mail.html).match(/@@\w+@@/g)).toHaveLength(3 + 3)
  expect(whole(mail.text).match(/@@\w+@@/g)).toHaveLength(1 + 3)
  expect(mail.subject).not.toContain('@@')
})

it('takes line breaks and controls out of what is one line', async () => {
  const mail = await compileEdition(editionOf([hostile('One\r\nBcc: two\u0000\u202E three')]))
  expect(mail.subject).toBe('One Bcc: two three')
  expect(mail.text.cards[0]).toMatch(/^1\. {2}One Bcc: two three\n/)
})

it('links to nothing but https from the source', async () => {
  const [paper] = shownPapers(1) as [ShownPaper]
  const bad = { ...paper, codeUrl: 'javascript:alert(1)', projectUrl: 'http://plain.example' }
  const { html, text } = await compileEdition(editionOf([bad]))
  expect(html.cards[0]).not.toMatch(/javascript:|http:\/\/|>Code|>Project|Code:|Project:/)
  expect(text.cards[0]).not.toMatch(/javascript:|http:\/\/|>Code|>Project|Code:|Project:/)
})

it('does without what a paper has not', async () => {
  const bare: ShownPaper = {
    id: 'math/0309136',
    rank: 1,
    title: 'Old',
    summary: '',
    authors: [],
    authorCount: 0,
    organisation: null,
    publishedOn: null,
    votes: 1,
    comments: 0,
    stars: null,
    codeUrl: null,
    projectUrl: null,
    note: null,
  }
  const { text, html } = await compileEdition(editionOf([bare], { number: null }))
  expect(text.cards[0]).toBe(
    '1.  Old\n    1 upvote\n    Paper page: https://papers.example.org/papers/math/0309136\n    arXiv: https://arxiv.org/abs/math/0309136\n    More like this, less, save: @@MINE_URL@@/2026-07-21?paper=math%2F0309136\n\n\n',
  )
  expect(html.head).toContain('>Draft<')
})

describe('the lead', () => {
  const whyOf = async (fields: Partial<ShownPaper>, others: number[]) => {
    const [first, ...rest] = shownPapers(1 + others.length) as [ShownPaper, ...ShownPaper[]]
    const papers = [
      { ...first, note: null, votes: 9, ...fields },
      ...rest.map((paper, at) => ({ ...paper, note: null, votes: others[at] ?? 0 })),
    ]
    const { html } = await compileEdition(editionOf(papers))
    const [, why = ''] = /<p class="why"[^>]*>([^<]*)</.exec(html.cards[0] ?? '') ?? []
    return why.replaceAll(/&nbsp;|&#160;|\u00A0/g, ' ')
  }

  it.each<[Partial<ShownPaper>, number[], string]>([
    [{}, [8, 2], 'Most upvotes'],
    [{}, [12, 9], 'Many upvotes in a short time'],
    [{}, [9], 'Many upvotes in a short time'],
    [{ note: 'code released' }, [8], 'Most upvotes'],
    [
      { note: '+5 overnight, third day on the list, code released' },
      [8],
      '+5 overnight · third day on the list',
    ],
    // Nothing to boast of.
    [{ votes: 2 }, [1], ''],
    [{}, [], ''],
  ])('with %j beside %j says why it leads: %s', async (fields, others, why) => {
    expect(await whyOf(fields, others)).toBe(why)
  })
})
