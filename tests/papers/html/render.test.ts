import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { drawTexts } from '../../../src/papers/html/draw.js'
import { renderDue } from '../../../src/papers/html/render.js'
import { dropEdits, writeEdits } from '../../../src/papers/edits.js'
import { readPaper } from '../../../src/papers/reads.js'
import { hostileTexts } from '../../support/hostile-texts.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { testDatabase } from '../../support/test-database.js'

let db: Db
const at = new Date('2026-08-09T08:00:00Z')

beforeAll(async () => {
  ;({ db } = await testDatabase())
})
afterAll(() => db.close())

const htmlOf = async (id: string) => (await readPaper(db, id))?.html

describe('the HTML of a paper', () => {
  it('is made when the paper is found', async () => {
    await keepPapers(db, '2026-08-05', [
      foundPaper({
        id: '2608.00001',
        title: 'In $O(n)$',
        abstract: 'Of $n$ <b>. '.repeat(60),
        summary: 'It \\emph{is}.',
      }),
    ])
    const html = await htmlOf('2608.00001')
    expect(html?.title).toMatch(/^In <math.*<\/math>$/)
    expect(html?.titleText).toBe('In O(n)')
    expect(html?.abstract).toContain('&lt;b&gt;')
    expect(html?.beginning.length).toBeLessThan(html?.abstract.length ?? 0)
    expect(html?.summary).toBe('It <em>is</em>.')
    expect(html?.card).toBe('It <em>is</em>.')
  })

  it('is due again when somebody changes the words, and only then', async () => {
    const id = '2608.00002'
    await keepPapers(db, '2026-08-05', [foundPaper({ id, title: 'First', votes: 1 })])
    await keepPapers(db, '2026-08-05', [foundPaper({ id, title: 'First', votes: 9 })])
    expect((await htmlOf(id))?.title).toBe('First')
    await db.transaction('request', (tx) => writeEdits(tx, id, { title: 'Of an \\emph{editor}' }, at))
    expect(await htmlOf(id)).toBeNull()
    await renderDue(db)
    expect((await htmlOf(id))?.title).toBe('Of an <em>editor</em>')
    await keepPapers(db, '2026-08-06', [foundPaper({ id, title: 'Of the source' })])
    expect((await htmlOf(id))?.title).toBe('Of an <em>editor</em>')
    await db.transaction('request', (tx) => dropEdits(tx, id, ['title'], at))
    await renderDue(db)
    expect((await htmlOf(id))?.title).toBe('Of the source')
  })

  it('is made of papers that were kept before', async () => {
    await db.sql(
      `INSERT INTO paper (id, title, abstract) SELECT 'old.' || n, 'Old \\emph{' || n || '}', '' FROM generate_series(1, 120) n`,
    )
    expect(await renderDue(db)).toBe(120)
    expect((await htmlOf('old.120'))?.title).toBe('Old <em>120</em>')
    expect(await renderDue(db)).toBe(0)
  })
})

it('of others is made whatever one paper holds', async () => {
  const titles = ['$\\char"0$', '$\\char"D800$', 'Of $n$']
  const papers = titles.map((title, i) => foundPaper({ id: `2608.0100${i}`, title }))
  await keepPapers(db, '2026-08-07', papers)
  await renderDue(db)
  expect((await htmlOf('2608.01000'))?.title).toBe('<code class="tex">\\char&quot;0</code>')
  expect((await htmlOf('2608.01002'))?.title).toContain('<math')
})

describe('hostile texts', () => {
  it.each(Object.entries(hostileTexts))('draws or leaves: %s', async (_name, text) => {
    const started = performance.now()
    const [html] = await drawTexts([{ text, plain: false }])
    expect(performance.now() - started).toBeLessThan(5000)
    expect(Buffer.byteLength(html ?? '')).toBeLessThan(24_000 + 7 * text.length)
    expect(html ?? '').not.toMatch(/<(?:script|img|a)\b/)
  })

  it('never hold up the process that has them drawn', async () => {
    let longest = 0
    let before = performance.now()
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - before)
      before = performance.now()
    }, 5)
    await drawTexts(Object.values(hostileTexts).map((text) => ({ text, plain: false })))
    clearInterval(ticks)
    expect(longest).toBeLessThan(250)
  })

  it('are given up when they take longer than a text may, and the next ones are not', async () => {
    // No text takes so long; a bound that none keeps stands for one that does.
    const threeOf = (formulas: number) =>
      [1, 2, 3].map((n) => ({ text: `${'$x$ '.repeat(formulas)}${n}`, plain: false }))
    const texts = threeOf(2000)
    // Long ones, so that none is drawn on a busy machine before its bound is looked at.
    expect(await drawTexts(threeOf(20_000), { each: 0, all: 60_000 })).toEqual([null, null, null])
    expect(await drawTexts(texts, { each: 60_000, all: 0 })).toEqual([])
    expect((await drawTexts(texts)).every((html) => html?.includes('<math'))).toBe(true)
  })
})
