/** Ten thousand spoilt bodies: no crash, nothing unfit in what is taken, no half-written day. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { silentLog } from '../../../src/log.js'
import { isPaperId } from '../../../src/papers/arxiv-id.js'
import { readEntries, readPage } from '../../../src/papers/sources/hub-list.js'
import { hubSource } from '../../../src/papers/sources/hub.js'
import { ingestDay } from '../../../src/papers/ingest.js'
import type { FoundPaper } from '../../../src/papers/paper.js'
import { SourceError } from '../../../src/papers/source.js'
import { startHubStandIn } from '../../support/hub-stand-in.mjs'
import { seeded, spoiltBody } from '../../support/mutate.js'
import { testDatabase } from '../../support/test-database.js'

const day = '2025-07-01'
const fixture = JSON.parse(readFileSync(`tests/fixtures/daily/${day}.json`, 'utf8')).slice(0, 3) as unknown[]
const ofDatabase = 100

/** What is wrong with a paper that was taken; null when it is fit to keep and to show. */
function unfit(paper: FoundPaper): string | null {
  const texts = [paper.title, paper.abstract, paper.summary, paper.organisation, paper.submitter]
  const all = [...texts, ...paper.authors, ...paper.keywords].filter((text) => text !== null)
  if (!isPaperId(paper.id) || paper.title === '') return 'no id or title'
  if (all.some((text) => /[\p{Cc}\p{Cs}\u202A-\u202E]|<EOS>/u.test(text))) return 'unclean text'
  if (all.some((text) => text.length > 10_000)) return 'endless text'
  if ([paper.codeUrl, paper.projectUrl].some((url) => url !== null && !url.startsWith('https://')))
    return 'a link'
  if (paper.pictureUrls.some((url) => !/^https?:\/\/[\x21-\x7e]{1,1000}$/.test(url))) return 'a picture'
  const counts = [paper.votes, paper.comments, paper.stars].filter((count) => count !== null)
  if (counts.some((count) => !Number.isInteger(count) || count < 0 || count >= 2 ** 31)) return 'a count'
  const times = [paper.publishedAt, paper.listedAt].filter((time) => time !== null)
  if (times.some((time) => !(time.getUTCFullYear() >= 1990))) return 'a time'
  return null
}

describe('spoilt bodies', () => {
  it('ten thousand of them are read or refused, never worse', { timeout: 120_000 }, () => {
    const random = seeded(20_250_701)
    const tally = { read: 0, refused: 0, skipped: 0 }
    for (let i = 0; i < 10_000; i += 1) {
      try {
        const list = readEntries(readPage(spoiltBody(fixture, random)), day)
        tally.read += 1
        tally.skipped += list.skipped.length
        const wrong = list.papers.map(unfit).filter((fault) => fault !== null)
        if (wrong.length > 0) throw new Error(`body ${i}: ${wrong.join(', ')}`)
      } catch (error) {
        if (!(error instanceof SourceError)) throw error
        tally.refused += 1
      }
    }
    expect(tally.read + tally.refused).toBe(10_000)
    expect(tally.read).toBeGreaterThan(5000)
    expect(tally.refused).toBeGreaterThan(500)
    expect(tally.skipped).toBeGreaterThan(500)
  })
})

describe('spoilt bodies on their way into the database', () => {
  let db: Db
  const now = () => new Date('2025-07-02T06:00:00Z')
  beforeAll(async () => {
    ;({ db } = await testDatabase())
  })

  const rows = async () => {
    const [counts] = await db.sql<{ papers: number; listed: number }>(
      `SELECT (SELECT count(*)::int FROM paper) AS papers, (SELECT count(*)::int FROM listing WHERE day = $1) AS listed`,
      [day],
    )
    return counts
  }

  it(`${ofDatabase} of them leave a whole day or none`, { timeout: 120_000 }, async () => {
    const random = seeded(7)
    const hub = await startHubStandIn({ now })
    const services = { db, clock: { now }, log: silentLog }
    const retry = { tries: 1 }
    for (let i = 0; i < ofDatabase; i += 1) {
      await db.sql('TRUNCATE paper CASCADE')
      hub.fail({ kind: 'body', body: spoiltBody(fixture, random), times: 1 })
      const report = await ingestDay(services, hubSource({ baseUrl: hub.url, clock: { now }, retry }), day)
      const { papers } = report
      expect(await rows()).toEqual({ papers, listed: papers })
    }
    await hub.close()
  })

  it('one of fifty megabytes is not even read to its end', async () => {
    await db.sql('TRUNCATE paper CASCADE')
    const hub = await startHubStandIn({ now })
    hub.fail({ kind: 'body', body: `[${'{"paper":{}},'.repeat(4_000_000)}{}]` })
    const source = hubSource({ baseUrl: hub.url, clock: { now } })
    const report = await ingestDay({ db, clock: { now }, log: silentLog }, source, day)
    expect(report.fault).toBe('too-large: the answer is larger than 20000000 bytes')
    expect(await rows()).toEqual({ papers: 0, listed: 0 })
    await hub.close()
  })
})
