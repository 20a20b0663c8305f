/** The site on loopback with recorded papers, two editions and a mail in the outbox, for browsers to look at. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildEdition } from '../../src/editions/building/build.js'
import { compileEdition } from '../../src/editions/compiling/compile.js'
import { buildServer } from '../../src/http/server.js'
import { foundPaper, keepPapers } from './kept-papers.js'
import { diagram, keepPictureOf } from './picture-stand-in.js'
import { stoppedClock, testServices } from './services.js'
import { editionOf, shownPapers } from './shown-papers.js'
import { testDatabase } from './test-database.js'

export type Site = {
  url: string
  /** Paths of every page, by a name for it. */
  pages: Record<string, string>
  close(): Promise<void>
}

/** Call it in `beforeAll`: its database goes when the test file ends. @param pictures - of most papers. */
export async function openSite({ pictures = false } = {}): Promise<Site> {
  const { db } = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'site-'))
  const clock = stoppedClock('2026-08-08T08:00:00Z')
  const services = await testServices(db, { DATA_DIR: folder, ADMIN_KEY: 'k'.repeat(40) }, { clock })
  const recorded = shownPapers(20).map(({ publishedOn, summary, ...paper }) =>
    foundPaper({
      ...paper,
      summary: null,
      abstract: summary,
      publishedAt: publishedOn ? new Date(`${publishedOn}T00:00:00Z`) : null,
    }),
  )
  const formulas = foundPaper({
    id: '2608.01234',
    title: 'Attention in $O(n \\log n)$ time over $\\mathbb{R}^d$',
    abstract:
      'We show that $\\frac{1}{n}\\sum_i x_i$ suffices; with \\emph{care}, 5\\% of $\\broken{$ is lost.',
    summary: 'Attention need not be quadratic.',
    keywords: ['attention', 'complexity'],
    organisation: 'An Institute',
    votes: 77,
  })
  await keepPapers(db, '2026-08-05', [...recorded.slice(0, 8), foundPaper({ id: 'math/0309136' })])
  await keepPapers(db, '2026-08-07', [...recorded.slice(8), formulas])
  for (const [at, { id }] of pictures ? [formulas, ...recorded].entries() : []) {
    if (at % 3 !== 2) await keepPictureOf(db, id, await diagram(1200, at % 2 === 0 ? 648 : 1500, at * 20))
  }
  clock.set('2026-08-06T08:00:00Z')
  await buildEdition(services, 'daily', '2026-08-05')
  clock.set('2026-08-08T08:00:00Z')
  await buildEdition(services, 'daily', '2026-08-07')
  const file = await writeMail(folder)
  const app = await buildServer(services)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    pages: {
      home: '/',
      day: '/papers/2026-08-07',
      'quiet-day': '/papers/2026-08-06',
      week: '/papers/week/2026-W32',
      month: '/papers/month/2026-08',
      search: '/papers?q=agent',
      paper: '/papers/2608.01234',
      'old-paper': '/papers/math/0309136',
      editions: '/editions',
      edition: '/editions/2026-08-07',
      outbox: '/outbox',
      'outbox-mail': `/outbox/${file}`,
      'not-found': '/nowhere',
      problem: '/problems/not-found',
    },
    close: async () => {
      await app.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function writeMail(folder: string): Promise<string> {
  const { html, subject } = await compileEdition(editionOf(shownPapers(3)))
  const body = Buffer.from(html.head + html.cards.join('') + html.foot)
  const quoted = [...body.values()].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
  const lines = Array.from({ length: Math.ceil(quoted.length / 24) }, (_, i) =>
    quoted.slice(i * 24, i * 24 + 24).join(''),
  )
  const head = ['From: Daily Papers <papers@localhost>', 'To: reader@example.org', `Subject: ${subject}`]
  const parts = [
    '--=_b',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
  ]
  const mail = [
    ...head,
    'Date: Sat, 08 Aug 2026 06:00:00 +0000',
    'Content-Type: multipart/alternative; boundary="=_b"',
    '',
    ...parts,
    lines.join('=\r\n'),
    '--=_b--',
    '',
  ].join('\r\n')
  const file = '20260808T060000000Z-1-0000001.eml'
  await mkdir(join(folder, 'outbox'))
  await writeFile(join(folder, 'outbox', file), mail)
  return file
}
