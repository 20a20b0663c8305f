/** What readers mute or had never comes, also where nothing else is left or choosing fails. */
import { describe, expect, it } from 'vitest'
import { fanOutDue } from '../../../src/jobs/due-editions.js'
import { foundPaper } from '../../support/kept-papers.js'
import { adminKey, papersIn, papersOf, personalScene } from '../../support/personal-scene.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

const scene = personalScene(['plain', 'mute', 'muteall'], async (scene) => {
  await scene.interest('mute', 1, 'words', 'protein', true)
  for (const [i, word] of ['proteins', 'robots', 'speech', 'graphs', 'weather', 'music'].entries())
    await scene.interest('muteall', i + 1, 'words', word.replace(/s$/, ''), true)
})

describe('an edition of which nothing is left for a reader', { timeout: 120_000 }, () => {
  it('does not come to them, and the ledger says why', async () => {
    const { db, ids, app, build, mailsOf } = scene
    const id = await build('2026-08-03', '2026-08-04')
    const mails = await mailsOf(id)
    expect([...mails.keys()].toSorted()).toEqual(['mute', 'plain'])
    const owed = await db.sql<{ status: string; reason: string }>(
      `SELECT status, reason FROM mails_of($1) WHERE edition_id = $2`,
      [ids.get('muteall'), id],
    )
    expect(owed).toEqual([{ status: 'left_out', reason: 'nothing new for them' }])
    const preview = await app.inject({
      url: `/api/v1/admin/editions/2026-08-03/preview?subscriber=${ids.get('muteall')}`,
      headers: { authorization: `Bearer ${adminKey}` },
    })
    expect(preview.statusCode).toBe(409)
  })

  it('has one of two near-duplicates, and neither for who had the other', async () => {
    const { db, build, mailsOf } = scene
    const [first, ...others] = papersOf('2026-08-04')
    const text = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ')
    const one = foundPaper({
      ...first!,
      abstract: text,
      title: 'A study of tides in the northern sea',
      votes: 90,
    })
    await mailsOf(await build('2026-08-04', '2026-08-05', [one, ...others]))
    const twin = { ...one, id: '2608.09999', submitter: 'somebody', organisation: 'Elsewhere', votes: 10 }
    const mails = await mailsOf(await build('2026-08-05', '2026-08-06', [twin, ...papersOf('2026-08-05')]))
    const [pool] = await db.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM edition_pool p, jsonb_array_elements(p.papers) e
       WHERE p.edition_id = (SELECT max(id) FROM edition) AND e->>'id' IN ('2608.09999', $1)`,
      [one.id],
    )
    expect(pool?.n).toBe(1)
    const theirs = papersIn(mails.get('mute')!.html)
    expect(theirs.filter((id) => id === '2608.09999' || id === one.id)).toEqual([])
  })
})

describe('choosing that fails', { timeout: 120_000 }, () => {
  it('is tried again before anybody gets what they mute, and holds the edition up ten minutes at most', async () => {
    const { db, services, clock, build } = scene
    const jobs = { ...services, source: { name: 'none', day: async () => ({ papers: [], skipped: [] }) } }
    const owedTo = async (id: number) =>
      (await db.sql<{ n: number }>('SELECT count(*)::int AS n FROM batch WHERE edition_id = $1', [id]))[0]?.n
    const id = await build('2026-08-06', '2026-08-07')
    clock.set('2026-08-07T06:00:30Z')
    await db.sql('ALTER TABLE feedback RENAME TO feedback_away')
    await fanOutDue(jobs)
    expect(await owedTo(id)).toBe(0)
    await db.sql('ALTER TABLE feedback_away RENAME TO feedback')
    await fanOutDue(jobs)
    const [own] = await db.sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM batch WHERE edition_id = $1 AND orders IS NOT NULL',
      [id],
    )
    expect(own?.n).toBe(1)

    const next = await build('2026-08-07', '2026-08-08')
    await db.sql('ALTER TABLE feedback RENAME TO feedback_away')
    clock.set('2026-08-08T06:09:00Z')
    await fanOutDue(jobs)
    expect(await owedTo(next)).toBe(0)
    clock.set('2026-08-08T06:10:30Z')
    await fanOutDue(jobs)
    expect(await owedTo(next)).toBeGreaterThan(0)
    await db.sql('ALTER TABLE feedback_away RENAME TO feedback')
  })
})
