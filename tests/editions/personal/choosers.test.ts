/** Choosing that is killed midway, done by two at once, and for a week of which readers had some. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildEdition } from '../../../src/editions/building/build.js'
import { choosePersonal } from '../../../src/editions/personal/choosing/choose-orders.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { openPersonalScene, papersIn, type PersonalScene } from '../../support/personal-scene.js'
import { startCli } from '../../support/run-cli.js'

let scene: PersonalScene
const many = 5_000

beforeAll(async () => {
  scene = await openPersonalScene(['plain', 'switcher'])
})
afterAll(() => scene.close())

describe('a weekly edition', { timeout: 120_000 }, () => {
  it('brings to one who had some of its papers by day only the others', async () => {
    const { db, ids, services, clock, build, mailsOf, interest } = scene
    await interest('switcher', 1, 'keyword', 'tides', false)
    const had = new Set<string>()
    for (const [day, next] of [
      ['2026-08-03', '2026-08-04'],
      ['2026-08-04', '2026-08-05'],
    ] as const) {
      const mails = await mailsOf(await build(day, next))
      for (const id of papersIn(mails.get('switcher')!.html)) had.add(id ?? '')
    }
    expect(had.size).toBe(12)
    await db.sql(`UPDATE subscriber SET frequency = 'weekly'`)
    for (const day of ['2026-08-05', '2026-08-06', '2026-08-07', '2026-08-08', '2026-08-09'])
      await db.sql(`INSERT INTO look (source, day, at, outcome, papers) VALUES ('test', $1, $2, 'ok', 0)`, [
        day,
        clock.now(),
      ])
    clock.set('2026-08-10T05:00:00Z')
    const { edition } = await buildEdition(services, 'weekly', '2026-W32')
    const mails = await mailsOf(edition.id)
    const common = papersIn(mails.get('plain')!.html)
    const theirs = papersIn(mails.get('switcher')!.html)
    expect(common.some((id) => had.has(id ?? ''))).toBe(true)
    expect(theirs.length).toBeGreaterThan(3)
    expect(theirs.filter((id) => had.has(id ?? ''))).toEqual([])
    expect(ids.size).toBe(2)
  })
})

describe('choosing for many', { timeout: 180_000 }, () => {
  it('goes on where a killed process was, and gives each reader one order though two choose at once', async () => {
    const { db, url, services, relay, build } = scene
    await db.sql(
      `INSERT INTO subscriber (email, email_key, domain, status)
       SELECT 'r' || n || '@many.example', 'r' || n || '@many.example', 'many.example', 'active' FROM generate_series(1, $1::int) n`,
      [many],
    )
    await db.sql(
      `INSERT INTO interest (subscriber_id, n, kind, key, label, created_at)
       SELECT id, 1, 'words', 'robot', 'robot', now() FROM subscriber WHERE domain = 'many.example'`,
    )
    const id = await build('2026-08-10', '2026-08-11')
    const parts = async () =>
      (
        await db.sql<{ readers: number[] }>('SELECT readers FROM personal_order WHERE edition_id = $1', [id])
      ).map(({ readers }) => readers)
    const folder = await mkdtemp(join(tmpdir(), 'choosers-'))
    const killed = startCli(['edition', 'send', '--date', '2026-08-10'], {
      DATABASE_URL: url,
      MAIL_URL: relay.url,
      EDITION_SIZE: '6',
      DATA_DIR: folder,
    })
    while ((await parts()).length === 0 && killed.child.exitCode === null)
      await new Promise((resolve) => setImmediate(resolve))
    killed.child.kill('SIGKILL')
    await killed.ended
    await rm(folder, { recursive: true })
    const before = (await parts()).flat()
    expect(before.length, killed.text()).toBeGreaterThan(0)
    expect(before.length).toBeLessThan(many)

    const chosen = await Promise.all([choosePersonal(services, id), choosePersonal(services, id)])
    expect(chosen[0] + chosen[1]).toBe(many - before.length)
    const readers = (await parts()).flat()
    expect(readers.length).toBe(many)
    expect(new Set(readers).size).toBe(many)
    await fanOut(services, id)
    const [batches] = await db.sql<{ own: number; places: number }>(
      `SELECT count(DISTINCT r)::int AS own, count(*)::int AS places FROM batch b, unnest(b.readers) r
       WHERE b.edition_id = $1 AND b.orders IS NOT NULL`,
      [id],
    )
    expect(batches).toEqual({ own: many, places: many })
  })
})
