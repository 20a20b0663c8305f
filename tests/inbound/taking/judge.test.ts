import { beforeEach, describe, expect, it } from 'vitest'
import { messageIdOf } from '../../../src/deliveries/ledger/delivery.js'
import { ownToken } from '../../../src/deliveries/returns/return-path.js'
import { undoVerdicts } from '../../../src/deliveries/returns/undo.js'
import { judgeWaiting } from '../../../src/inbound/taking/judge.js'
import { type Incoming, takeIn } from '../../../src/inbound/taking/take-in.js'
import { confirm } from '../../../src/subscribers/signup/confirm.js'
import { openToken, type SealedToken } from '../../../src/subscribers/tokens.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { complaint, dsn, leaving, type Sent } from '../../support/returned-mails.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-07-01T09:00:00Z')
const services = await testServices(db, { RETURN_ADDRESS: 'bounce@b.example' }, { clock })
const full = '452 4.2.2 mailbox full'

let edition: number
beforeEach(async () => {
  clock.set('2026-07-01T09:00:00Z')
  await db.sql('TRUNCATE subscriber, suppression, edition, delivery, inbound_mail, verdict CASCADE')
  edition = await addEdition(db, { sendAt: clock.now() })
})

/** The edition's mail to a new reader, accepted now. */
async function sentTo(prefix = 'r', frequency = 'daily'): Promise<Sent & { id: number }> {
  const [id = 0] = await addReaders(db, 1, { prefix, frequency })
  return { id, ...(await mailOf(id, `${prefix}1@one.example`, edition)) }
}

async function mailOf(id: number, to: string, editionId: number): Promise<Sent> {
  const owed = { editionId, subscriberId: id, epoch: 0 }
  await db.sql(
    `INSERT INTO delivery (kind, edition_id, subscriber_id, domain, status, settled_at)
     VALUES ('edition', $1, $2, 'one.example', 'accepted', $3)`,
    [editionId, id, clock.now()],
  )
  const messageId = messageIdOf(
    services.secrets,
    { kind: 'edition', id: '0', editionId, subscriberId: id } as Parameters<typeof messageIdOf>[1],
    'localhost',
  )
  const leave = `leave+${ownToken(services.secrets, 'leave', owed)}@b.example`
  return {
    from: `bounce+${ownToken(services.secrets, 'bounce', owed)}@b.example`,
    to,
    message: `To: <${to}>\r\nMessage-ID: <${messageId}>\r\nList-Unsubscribe: <http://x.test/>, <mailto:${leave}>\r\n\r\nbody`,
  }
}

async function comesIn(raw: string, given: Partial<Incoming> = {}): Promise<string> {
  const mail = {
    via: 'smtp' as const,
    raw: Buffer.from(raw.replaceAll(/\r?\n/g, '\r\n')),
    sentTo: [],
    nullSender: true,
    once: null,
    at: clock.now(),
    ...given,
  }
  return db.transaction('request', (tx) => takeIn(tx, mail))
}

async function judged(raw: string, given: Partial<Incoming> = {}) {
  await comesIn(raw, given)
  await judgeWaiting(services)
  const [mail] = await db.sql('SELECT state, kind FROM inbound_mail ORDER BY id DESC LIMIT 1')
  return mail
}

const verdicts = () =>
  db.sql<{ id: string; effect: string }>('SELECT id, class, effect FROM verdict ORDER BY id')
const statusOf = async (id: number) =>
  (await db.sql<{ status: string }>('SELECT status FROM subscriber WHERE id = $1', [id]))[0]?.status
const suppressed = async () => (await db.sql('SELECT 1 FROM suppression')).length
const undo = (which: Parameters<typeof undoVerdicts>[2]) =>
  db.transaction('bulk', (tx) => undoVerdicts(tx, clock, which, 'cli'))

describe('what comes in', () => {
  it('is written down once, whatever servers on the way wrote at its top', async () => {
    const sent = await sentTo()
    const given = { sentTo: [sent.from] }
    expect(await comesIn(dsn(sent), given)).toBe('taken')
    expect(await comesIn(`Received: from a by b;\n\tnow\nReturn-Path: <>\n${dsn(sent)}`, given)).toBe('known')
    expect(await comesIn(dsn(sent, full), given)).toBe('taken')
    expect(await Promise.all([1, 2, 3].map(() => judgeWaiting(services)))).toHaveLength(3)
    expect(await verdicts()).toHaveLength(2)
  })

  it.each([
    [
      'by the return path',
      (sent: Sent) => ({ raw: dsn(sent).replace(/Message-ID.*/g, ''), sentTo: [sent.from] }),
    ],
    ['by the Message-ID of the copy', (sent: Sent) => ({ raw: dsn(sent), sentTo: ['bounce@b.example'] })],
    [
      'behind a forwarding',
      (sent: Sent) => ({ raw: dsn(sent, undefined, 'other@elsewhere.example'), sentTo: [sent.from] }),
    ],
  ])('is placed %s', async (_, made) => {
    const sent = await sentTo()
    const { raw, sentTo: to } = made(sent)
    expect(await judged(raw, { sentTo: to })).toEqual({ state: 'judged', kind: 'bounce' })
    expect(await statusOf(sent.id)).toBe('bounced')
  })

  it('counts for nobody with a token that is not ours, and stays to be looked at', async () => {
    const sent = await sentTo()
    const forged = {
      ...sent,
      from: sent.from.replace(/.@/, 'x@'),
      message: sent.message.replaceAll(/-[0-9a-f]{20}/g, `-${'0'.repeat(20)}`),
    }
    expect(await judged(dsn(forged), { sentTo: [forged.from] })).toEqual({
      state: 'unplaced',
      kind: 'bounce',
    })
    expect(await verdicts()).toEqual([])
    expect(await statusOf(sent.id)).toBe('active')
  })

  it('changes nothing for a reader who has moved to another address since', async () => {
    const sent = await sentTo()
    await db.sql(`UPDATE subscriber SET email = 'new@two.example', email_key = 'new@two.example', epoch = 1`)
    await judged(dsn(sent), { sentTo: [sent.from] })
    expect(await verdicts()).toMatchObject([{ class: 'hard', effect: 'none' }])
    expect(await statusOf(sent.id)).toBe('active')
  })

  it.each([
    ['550 5.7.1 blocked as spam', 'policy'],
    ['552 5.3.4 message too large', 'ours'],
  ])('makes nobody suffer for %s', async (reply, verdict) => {
    const sent = await sentTo()
    await judged(dsn(sent, reply), { sentTo: [sent.from] })
    expect(await verdicts()).toMatchObject([{ class: verdict, effect: 'told' }])
    expect(await statusOf(sent.id)).toBe('active')
  })

  it('slows a domain down that returns mail for policy again and again', async () => {
    await db.sql('TRUNCATE throttle')
    const sent = await sentTo()
    await db.sql(
      `INSERT INTO edition_domain (edition_id, domain, owed, accepted) VALUES ($1, 'one.example', 7200, 7200)`,
      [edition],
    )
    await db.sql('UPDATE edition SET fanned_out_at = $2 WHERE id = $1', [edition, clock.now()])
    const throttles = () => db.sql('SELECT scope, key, rate FROM throttle')
    const comes = (reply: string) => judged(dsn(sent, reply), { sentTo: [sent.from] })
    for (const n of [1, 2, 3, 4, 5]) await comes(`552 5.3.4 message too large ${n}`)
    for (const n of [1, 2, 3, 4]) await comes(`550 5.7.1 blocked as spam ${n}`)
    expect(await throttles()).toEqual([])
    await comes('550 5.7.1 blocked as spam 5')
    expect(await throttles()).toEqual([{ scope: 'domain', key: 'one.example', rate: 6 }])
  })

  it('ends a subscription by a mail to its address to leave, not by a program that answers it', async () => {
    const sent = await sentTo()
    const leave = /leave\+[^>]+/.exec(sent.message)?.[0] ?? ''
    const given = { sentTo: [leave], nullSender: false }
    const away = leaving(sent).replace(
      'Subject: unsubscribe',
      'Subject: Out of office\nAuto-Submitted: auto-replied',
    )
    expect(await judged(away, given)).toMatchObject({ state: 'ignored' })
    expect(await statusOf(sent.id)).toBe('active')
    expect(await judged(leaving(sent), given)).toEqual({ state: 'judged', kind: 'left' })
    expect(await statusOf(sent.id)).toBe('unsubscribed')
    expect(await suppressed()).toBe(0)
  })
})

describe('soft bounces', () => {
  async function softOn(sent: Sent & { id: number }, day: number, times = 1) {
    clock.set(`2026-07-${String(day).padStart(2, '0')}T09:00:00Z`)
    const mail = await mailOf(sent.id, sent.to, await addEdition(db, { sendAt: clock.now() }))
    for (let i = 0; i < times; i++) await judged(dsn(mail, `${full} ${i}`), { sentTo: [mail.from] })
  }
  const effects = async () => (await verdicts()).map(({ effect }) => effect)

  it('count once a day, and after five a probe decides', async () => {
    const sent = await sentTo()
    for (const day of [2, 3, 4, 5]) await softOn(sent, day, 2)
    expect(await effects()).toEqual(Array.from({ length: 4 }).flatMap(() => ['counted', 'none']))
    await softOn(sent, 6)
    expect((await effects()).at(-1)).toBe('probed')
    expect(await statusOf(sent.id)).toBe('active')
    const [probe] = await db.sql<{ id: string }>(`SELECT id FROM delivery WHERE kind = 'confirmation'`)
    const from = `bounce+${ownToken(services.secrets, 'bounce', { deliveryId: probe?.id ?? '' })}@b.example`
    await judged(dsn({ ...sent, from }, full), { sentTo: [from] })
    expect(await statusOf(sent.id)).toBe('bounced')
    expect(await suppressed()).toBe(1)
  })

  it('are forgotten with a mail of which nothing came back for three days', async () => {
    const sent = await sentTo()
    for (const day of [2, 3, 4, 5]) await softOn(sent, day)
    clock.set('2026-07-06T09:00:00Z')
    await mailOf(sent.id, sent.to, await addEdition(db, { sendAt: clock.now() }))
    await softOn(sent, 10)
    expect(await effects()).toEqual(Array.from({ length: 5 }).fill('counted'))
  })

  it('are forgotten when the button of the probe is pressed', async () => {
    const sent = await sentTo()
    for (const day of [2, 3, 4, 5, 6]) await softOn(sent, day)
    const [probe] = await db.sql<{ payload: { token: SealedToken } }>(
      `SELECT payload FROM delivery WHERE kind = 'confirmation'`,
    )
    const token = openToken(services.secrets, probe?.payload.token as SealedToken) ?? ''
    const nobody = { ip: null, userAgent: null, text: null }
    const pressed = await db.transaction('request', (tx) => confirm(tx, services, token, nobody))
    expect(pressed).toMatchObject({ outcome: 'confirmed' })
    for (const day of [7, 8, 9, 10]) await softOn(sent, day)
    expect((await effects()).slice(5)).toEqual(Array.from({ length: 4 }).fill('counted'))
    await softOn(sent, 11)
    expect((await effects()).at(-1)).toBe('probed')
  })
})

describe('a verdict', () => {
  it('is taken back with what it did', async () => {
    const sent = await sentTo()
    for (const raw of [dsn(sent), complaint(sent)]) await judged(raw, { sentTo: [sent.from] })
    expect(await statusOf(sent.id)).toBe('complained')
    expect(await undo({ kind: 'complaint' })).toBe(1)
    expect(await statusOf(sent.id)).toBe('bounced')
    expect(await undo({ kind: 'bounce' })).toBe(1)
    expect(await statusOf(sent.id)).toBe('active')
    expect(await suppressed()).toBe(0)
    expect(await undo({ kind: 'bounce' })).toBe(0)
  })

  it.each<[first: 'bounce' | 'complaint', undoneFirst: 'bounce' | 'complaint']>([
    ['bounce', 'bounce'],
    ['bounce', 'complaint'],
    ['complaint', 'bounce'],
    ['complaint', 'complaint'],
  ])('%s and its other on one reader are taken back, %s first', async (first, undoneFirst) => {
    const sent = await sentTo()
    const mails = { bounce: dsn(sent), complaint: complaint(sent) }
    const other = (kind: 'bounce' | 'complaint'): 'bounce' | 'complaint' =>
      kind === 'bounce' ? 'complaint' : 'bounce'
    for (const kind of [first, other(first)] as const) await judged(mails[kind], { sentTo: [sent.from] })
    expect([await statusOf(sent.id), await suppressed()]).toEqual(['complained', 1])
    await undo({ kind: undoneFirst })
    expect([await statusOf(sent.id), await suppressed()]).toEqual([
      undoneFirst === 'bounce' ? 'complained' : 'bounced',
      1,
    ])
    await undo({ kind: other(undoneFirst) })
    expect([await statusOf(sent.id), await suppressed()]).toEqual(['active', 0])
  })

  it('leaves what it did to another one that stands and says the same', async () => {
    const sent = await sentTo()
    await judged(dsn(sent), { sentTo: [sent.from] })
    await judged(dsn(sent, '550 5.1.1 no such user'), { sentTo: [sent.from] })
    const [first, second] = await verdicts()
    expect([first?.effect, second?.effect]).toEqual(['bounced', 'none'])
    await undo({ id: first?.id })
    expect([await statusOf(sent.id), await suppressed()]).toEqual(['bounced', 1])
    await undo({ id: second?.id })
    expect([await statusOf(sent.id), await suppressed()]).toEqual(['active', 0])
  })

  it('is taken back with all of its domain since an hour', async () => {
    const before = await sentTo('early')
    await judged(dsn(before), { sentTo: [before.from] })
    clock.set('2026-07-01T10:00:00Z')
    const [one, two] = [await sentTo('one'), await sentTo('two')]
    for (const sent of [one, two]) await judged(dsn(sent), { sentTo: [sent.from] })
    expect(await undo({ domain: 'one.example', since: new Date('2026-07-01T09:30:00Z') })).toBe(2)
    expect(await Promise.all([before, one, two].map(({ id }) => statusOf(id)))).toEqual([
      'bounced',
      'active',
      'active',
    ])
  })
})
