/** An editor's work from the command line. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ArxivStandIn, startArxivStandIn } from '../support/arxiv-stand-in.js'
import { foundPaper, keepPapers } from '../support/kept-papers.js'
import { runCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const day = '2026-08-06'
let env: Record<string, string>
let arxiv: ArxivStandIn
beforeAll(async () => {
  const { url, db } = await testDatabase()
  arxiv = await startArxivStandIn({ '2607.00001': { title: 'From arXiv', abstract: 'What it says.' } })
  env = {
    DATABASE_URL: url,
    DATA_DIR: await mkdtemp(join(tmpdir(), 'daily-papers-cli-')),
    ARXIV_API_URL: arxiv.url,
    PAPERS_API_URL: arxiv.url,
  }
  const papers = ['2608.00001', '2608.00002', '2608.00003']
  await keepPapers(
    db,
    day,
    papers.map((id, i) =>
      foundPaper({ id, title: `Title of ${id}`, abstract: `${id} `.repeat(9), votes: 9 - i }),
    ),
  )
})
afterAll(async () => {
  await arxiv.close()
  await rm(env['DATA_DIR'] as string, { recursive: true, force: true })
})

const papers = (...args: string[]) => runCli(['papers', ...args], env)
const chosen = async () => {
  const list = JSON.parse((await papers('list', '--date', day, '--json')).stdout) as {
    id: string
    rank: number | null
  }[]
  return list.filter(({ rank }) => rank !== null).map(({ id }) => id)
}

it('adds by arXiv id, and says what is wrong otherwise', async () => {
  const added = await papers('add', '2607.1', '--date', day)
  expect(added).toMatchObject({ status: 1, stdout: '' })
  expect(added.stderr).toBe('daily-papers: This is no arXiv id.\n')
  expect(
    await papers('add', 'arxiv.org/abs/2607.00001v2', '--date', day, '--reason', 'asked for'),
  ).toMatchObject({
    status: 0,
    stdout: `2607.00001 is on the list of ${day}: From arXiv\n`,
  })
  const unknown = await papers('add', '2607.00009', '--date', day, '--json')
  expect(unknown.status).toBe(1)
  expect(JSON.parse(unknown.stderr).error.detail).toBe('arXiv knows no paper 2607.00009.')
})

it('pins, hides, clears and orders', async () => {
  const pinned = await papers('pin', '2608.00003', '--date', day, '--reason', 'good')
  expect(pinned.stdout).toBe('2608.00003: pin 1 (good)\n')
  await papers('hide', '2608.00001', '--date', day)
  const now = await chosen()
  expect(now[0]).toBe('2608.00003')
  expect(now).not.toContain('2608.00001')
  const listed = await papers('list', '--date', day)
  expect(listed.stdout).toMatch(/rank {2}id .*\n1 +2608\.00003 .*pin 1/)
  expect(listed.stdout).toMatch(/– +2608\.00001 .*hide/)
  await papers('clear', '2608.00001', '--date', day)
  await papers('order', '2608.00002', '2608.00001', '--date', day)
  expect((await chosen()).slice(0, 2)).toEqual(['2608.00002', '2608.00001'])
})

it('edits and reverts, and asks what to edit', async () => {
  expect(await papers('edit', '2608.00001')).toMatchObject({ status: 2 })
  const edited = await papers('edit', '2608.00001', '--title', 'Better', '--code', '')
  expect(edited.stdout).toBe('2608.00001: Better (edited: title, codeUrl)\n')
  const reverted = await papers('revert', '2608.00001', '--field', 'title')
  expect(reverted.stdout).toBe('2608.00001: Title of 2608.00001 (edited: codeUrl)\n')
})

it('looks at the source, and ends with 1 when that fails', async () => {
  const looked = await papers('look', '--date', day)
  expect(looked.status).toBe(1)
  expect(looked.stdout).toMatch(/the source failed/)
  const log = JSON.parse((await runCli(['audit', 'list', '--limit', '1', '--json'], env)).stdout)
  expect(log[0]).toMatchObject({ action: 'day.looked', target: `day:${day}`, after: { outcome: 'failed' } })
})
