/** A page from the cache, as the API process really serves it, against Fastify saying hello. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { keepPapers, foundPaper } from '../../support/kept-papers.js'
import { shownPapers } from '../../support/shown-papers.js'
import { answersPerSecond } from '../http-load.js'
import type { Context, Lane, Row } from '../lane.js'

const program = (name: string) => fileURLToPath(new URL(`../processes/${name}.mjs`, import.meta.url))

export const pages: Lane = {
  name: 'pages',
  run: async (context) => {
    const { db, quick, tell } = context
    const day = '2026-08-05'
    await keepPapers(
      db,
      day,
      shownPapers(20).map(({ id, title, summary, authors, votes }) =>
        foundPaper({ id, title, abstract: summary, authors, votes }),
      ),
    )
    const seconds = quick ? 1 : 5
    const rounds = quick ? 1 : 3
    const best = { hello: 0, page: 0, plain: 0 }
    const hello = await started(fork(program('hello')))
    const site = await startSite(context)
    // In turns, so that a busy moment of the machine hits both.
    for (let round = 0; round < rounds; round += 1) {
      tell(`pages, round ${round + 1} of ${rounds}`)
      best.hello = Math.max(best.hello, await answersPerSecond(hello.url, seconds))
      const page = `${site.url}/papers/${day}`
      best.page = Math.max(best.page, await answersPerSecond(page, seconds, 'Accept-Encoding: gzip\r\n'))
      best.plain = Math.max(best.plain, await answersPerSecond(page, seconds))
    }
    hello.child.kill()
    site.child.kill()
    await db.sql('TRUNCATE paper, look CASCADE')
    const row = (lane: string, value: number): Row => ({ lane, value, unit: 'answers/s' })
    const against = { peer: 'Fastify saying hello', target: '>= 0.5' }
    return [
      row('Fastify saying hello', best.hello),
      { ...row('page from cache, packed', best.page), ...against, ratio: best.page / best.hello },
      { ...row('page from cache, plain', best.plain), peer: against.peer, ratio: best.plain / best.hello },
    ]
  },
}

type Started = { child: ChildProcess; url: string }

function startSite({ databaseUrl, folder }: Context): Promise<Started> {
  const child = fork(program('site'), { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] })
  child.send({ DATABASE_URL: databaseUrl, DATA_DIR: folder, PORT: '0', PUBLIC_URL: 'http://127.0.0.1' })
  return started(child)
}

async function started(child: ChildProcess): Promise<Started> {
  const [url] = (await once(child, 'message')) as [string]
  return { child, url }
}
