/** Personal editions from the choice to the inbox and the browser, over real SMTP. */
import { describe, expect, it } from 'vitest'
import { choosePersonal } from '../../../src/editions/personal/choosing/choose-orders.js'
import { forgetPools } from '../../../src/editions/personal/pool/store.js'
import { parseMail } from '../../../src/mail/message/parse.js'
import { eraseSubscriber } from '../../../src/subscribers/leaving/erase.js'
import {
  adminKey,
  papersIn,
  papersOf,
  personalScene,
  type PersonalScene,
} from '../../support/personal-scene.js'

let { clock, db, services, app, relay, ids, build, mailsOf } = {} as PersonalScene

const scene = personalScene(['plain', 'other', 'author', 'mute', 'liker'], async (scene) => {
  ;({ clock, db, services, app, relay, ids, build, mailsOf } = scene)
  await scene.interest('author', 1, 'author', 'author music 11', false)
  await scene.interest('mute', 1, 'words', 'protein', true)
})

describe('personal editions', { timeout: 120_000 }, () => {
  it('come to who has interests, and to nobody else, who have the common bytes', async () => {
    const id = await build('2026-08-03', '2026-08-04')
    const mails = await mailsOf(id)
    const bare = (name: string) =>
      mails
        .get(name)!
        .raw.replaceAll(/=\r\n/g, '')
        .replaceAll(/\/(mine|preferences|unsubscribe)\/[\w.=-]+/g, '/$1/T')
        .replace(/^[^]*?\r\n\r\n/, '')
    expect(bare('plain')).toBe(bare('other'))
    const common = papersIn(mails.get('plain')!.html)
    expect(common).toHaveLength(6)
    const theirs = papersIn(mails.get('author')!.html)
    expect(theirs).toContain('2608.03011')
    expect(common).not.toContain('2608.03011')
    expect(mails.get('author')!.html).toContain('By author music 11, whom you follow')
    expect(mails.get('author')!.text).toContain('author music 11, whom you')
    expect(mails.get('author')!.html).not.toMatch(/@@\w+@@/)
    expect(mails.get('mute')!.text).not.toMatch(/protein/i)
    expect(papersIn(mails.get('mute')!.html)).toHaveLength(6)
    const [batches] = await db.sql<{ own: number; common: number }>(
      `SELECT count(*) FILTER (WHERE orders IS NOT NULL)::int AS own, count(*) FILTER (WHERE orders IS NULL)::int AS common FROM batch`,
    )
    expect([batches?.own, batches?.common]).toEqual([1, 1])
    expect(await db.sql('SELECT 1 FROM personal_order')).toEqual([])
  })

  it('open in the browser by a signed link, with the same papers in the same order', async () => {
    const mail = (
      await Promise.all(
        relay.received.map(async ({ to, message }) => ({ to, mail: await parseMail(message) })),
      )
    ).find(({ to }) => to === 'author@example.org')!.mail
    const url = /href="(http:\/\/papers\.test\/mine\/[^"]+\/edition)"/.exec(mail.html)?.[1] ?? ''
    const page = await app.inject(new URL(url).pathname)
    expect(page.statusCode).toBe(200)
    expect(papersIn(page.body)).toEqual(papersIn(mail.html))
    expect(page.body).not.toMatch(/@@\w+@@|More like this|\/mine\//)
    // They subscribe already; what the others got stands below.
    expect(page.body).not.toContain('Get it in your inbox')
    expect(page.body).toContain('href="http://papers.test/editions/2026-08-03"')
    const answers = await app.inject(
      new URL(url).pathname.replace(/\/edition$/, '?paper=2608.03011&answer=more'),
    )
    expect(answers.body).toContain('name="answer:2608.03011" value="more" checked')
  })

  it('never bring what a reader had, and after ten answers are another, with reasons', async () => {
    const second = await build('2026-08-04', '2026-08-05')
    const answered = [...papersOf('2026-08-03'), ...papersOf('2026-08-04')].filter(
      (_, i) => i % 6 === 4 || i % 6 === 0,
    )
    for (const [i, { id, abstract }] of answered.entries()) {
      await db.sql(
        `INSERT INTO feedback (subscriber_id, paper_id, n, answer, at) VALUES ($1, $2, $3, $4, $5)`,
        [ids.get('liker'), id, i + 1, /weather/.test(abstract) ? 'more' : 'less', clock.now()],
      )
    }
    expect(await choosePersonal(services, second)).toBe(3)
    expect(await choosePersonal(services, second)).toBe(0)
    const before = new Map(
      await Promise.all(
        relay.received.map(
          async ({ to, message }) => [to, papersIn((await parseMail(message)).html)] as const,
        ),
      ),
    )
    const mails = await mailsOf(second)
    for (const name of ['author', 'mute', 'liker']) {
      const now = papersIn(mails.get(name)!.html)
      const had = before.get(`${name}@example.org`)!
      expect(now.filter((id) => had.includes(id))).toEqual([])
      expect(now.length).toBeGreaterThan(3)
    }
    const liker = mails.get('liker')!
    expect(papersIn(liker.html)).not.toEqual(papersIn(mails.get('plain')!.html))
    expect(liker.html).toContain('which you liked')
    expect(liker.html).toMatch(/Not your field: \d+ upvotes/)
  })

  it('are shown to the operator in sums of ten readers, and as one reader with a trace', async () => {
    const call = (path: string) =>
      app.inject({ url: `/api/v1/admin${path}`, headers: { authorization: `Bearer ${adminKey}` } })
    const few = (await call('/personal')).json()
    expect(few).toMatchObject({
      enabled: true,
      trialShare: 1,
      mostFollowed: [],
      feedbackByPlace: [],
      trial: [],
    })
    expect(few.readers).toEqual({ following: null, answering: null, inLastEdition: null })
    await db.sql(
      `INSERT INTO subscriber (email, email_key, domain, status) SELECT 'x' || n, 'x' || n, 'x', 'active' FROM generate_series(1, 12) n`,
    )
    await db.sql(
      `INSERT INTO interest (subscriber_id, n, kind, key, label, created_at)
       SELECT id, 1, 'keyword', 'tides', CASE WHEN email IN ('x1', 'x2') THEN 'TIDES for x' ELSE 'Tides' END, now()
       FROM subscriber WHERE domain = 'x'`,
    )
    await db.sql(
      `INSERT INTO feedback (subscriber_id, paper_id, n, answer, at, place, reason)
       SELECT id, '2608.03000', 1, 'more', $1, 2, 'keyword' FROM subscriber WHERE domain = 'x'`,
      [clock.now()],
    )
    const many = (await call('/personal')).json()
    expect(many.mostFollowed).toEqual([{ kind: 'keyword', label: 'Tides', follow: 12, mute: 0 }])
    expect(many.feedbackByPlace).toContainEqual({ place: 2, readers: 12, more: 12, less: 0, saved: 0 })
    expect(many.feedbackByReason).toContainEqual({
      reason: 'keyword',
      readers: 12,
      more: 12,
      less: 0,
      saved: 0,
    })
    await db.sql(
      `UPDATE interest SET label = email FROM subscriber s WHERE s.id = subscriber_id AND s.domain = 'x'`,
    )
    await db.sql(
      `UPDATE feedback SET answer = 'less' FROM subscriber s WHERE s.id = subscriber_id AND s.email = 'x1'`,
    )
    await db.sql(
      `UPDATE interest SET muted = true FROM subscriber s WHERE s.id = subscriber_id AND s.email = 'x1'`,
    )
    const fewer = (await call('/personal')).json()
    expect(fewer.mostFollowed).toEqual([{ kind: 'keyword', label: 'tides', follow: 11, mute: null }])
    expect(fewer.feedbackByPlace).toContainEqual({ place: 2, readers: 12, more: 11, less: null, saved: 0 })
    expect(fewer.difference).toBe(null)
    expect(many.trial).toMatchObject([{ edition: 'personal', readers: 15 }])
    expect(many.trial[0].more.from).toBeLessThan(many.trial[0].more.share)
    await db.sql(`DELETE FROM subscriber WHERE domain = 'x'`)
    const shown = await call(`/editions/2026-08-04/preview?subscriber=${ids.get('liker')}`)
    expect(shown.body).toContain('which you liked')
    expect(shown.body).not.toMatch(/\/mine\/(?!preview)/)
    const [traces] = await db.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM audit WHERE action = 'subscriber.previewed'`,
    )
    expect(traces?.n).toBe(1)
  })

  it('leave nothing behind when their reader is erased', async () => {
    const zeros = () =>
      db.sql<{ zero: boolean }>(
        `SELECT substring(orders FROM (array_position(readers, $1) - 1) * 24 + 1 FOR 24) = decode(repeat('00', 24), 'hex') AS zero
         FROM batch WHERE $1 = ANY (readers) AND orders IS NOT NULL`,
        [ids.get('liker')],
      )
    expect(await zeros()).toEqual([{ zero: false }])
    const [before] = await db.sql<{ sum: string }>(`SELECT sum(length(orders))::text AS sum FROM batch`)
    await eraseSubscriber(services, ids.get('liker') ?? 0)
    expect(await zeros()).toEqual([{ zero: true }])
    expect(await db.sql(`SELECT sum(length(orders))::text AS sum FROM batch`)).toEqual([before])
    for (const table of ['interest', 'feedback', 'reading_list']) {
      expect(await db.sql(`SELECT 1 FROM ${table} WHERE subscriber_id = $1`, [ids.get('liker')])).toEqual([])
    }
  })

  it('are switched off, and tried with a share of the readers, by a setting', async () => {
    const third = await build('2026-08-05', '2026-08-06')
    const { set } = scene
    await set({ enabled: false })
    expect(await choosePersonal(services, third)).toBe(0)
    await set({ trialShare: 0 })
    await choosePersonal(services, third)
    const mails = await mailsOf(third)
    // What they mute or had comes to nobody: the rest of the common edition does, in its order.
    const common = papersIn(mails.get('plain')!.html)
    const theirs = papersIn(mails.get('mute')!.html)
    expect(mails.get('mute')!.text).not.toMatch(/protein/i)
    expect(theirs.length).toBeLessThan(common.length)
    expect(theirs).toEqual(common.filter((id) => theirs.includes(id)))
  })

  it('are forgotten, with what was chosen for whom, when no link opens them any more', async () => {
    await db.transaction('bulk', (tx) => forgetPools(tx, new Date('2026-08-01T00:00:00Z')))
    expect((await db.sql('SELECT 1 FROM edition_pool')).length).toBeGreaterThan(0)
    await db.transaction('bulk', (tx) => forgetPools(tx, new Date('2026-10-01T00:00:00Z')))
    expect(
      await db.sql('SELECT 1 FROM edition_pool UNION ALL SELECT 1 FROM batch WHERE orders IS NOT NULL'),
    ).toEqual([])
  })
})
