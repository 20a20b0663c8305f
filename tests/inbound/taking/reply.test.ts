/** Replies of readers: forwarded once to REPLY_TO over real SMTP, and an operator's button for who asks to leave. */
import { afterAll, beforeEach, expect, it } from 'vitest'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { sendNow } from '../../../src/deliveries/sender/send-now.js'
import { messageIdOf } from '../../../src/deliveries/ledger/delivery.js'
import { ownToken } from '../../../src/deliveries/returns/return-path.js'
import { undoVerdicts } from '../../../src/deliveries/returns/undo.js'
import { judgeWaiting } from '../../../src/inbound/taking/judge.js'
import { takeIn } from '../../../src/inbound/taking/take-in.js'
import { leaveByReply, listUnplaced } from '../../../src/operations/bounces.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { startRelay } from '../../support/relay-stand-in.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-07-01T09:00:00Z')
const relay = await startRelay()
const env = { RETURN_ADDRESS: 'bounce@b.example', REPLY_TO: 'editor@b.example', MAIL_URL: relay.url }
const services = await testServices(db, env, { clock })
afterAll(async () => {
  await services.close()
  await relay.close()
})

let reader: number
let owed: { editionId: number; subscriberId: number; epoch: number }
beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, edition, delivery, inbound_mail, verdict, signup_count CASCADE')
  ;[reader = 0] = await addReaders(db, 1)
  owed = { editionId: await addEdition(db, { sendAt: clock.now() }), subscriberId: reader, epoch: 0 }
})

const returnPath = () => `bounce+${ownToken(services.secrets, 'bounce', owed)}@b.example`
const repliedTo = () => {
  const mail = { kind: 'edition', id: '0', ...owed } as unknown as Parameters<typeof messageIdOf>[1]
  return `<${messageIdOf(services.secrets, mail, 'localhost')}>`
}

const reply = (lines: string[] = [], text = 'Which paper was the third?') =>
  [
    'From: Ada <ada@one.example>',
    'To: papers@b.example',
    'Subject: =?utf-8?q?Re=3A_Papers_=E2=80=93_a_question?=',
    `In-Reply-To: ${repliedTo()}`,
    ...lines,
    '',
    text,
    '',
  ].join('\r\n')

async function comesIn(raw: string, sentTo = ['bounce@b.example'], nullSender = false) {
  const mail = {
    via: 'smtp',
    raw: Buffer.from(raw),
    sentTo,
    nullSender,
    once: null,
    at: clock.now(),
  } as const
  await db.transaction('request', (tx) => takeIn(tx, mail))
  await judgeWaiting(services)
  const [row] = await db.sql<{ state: string }>('SELECT state FROM inbound_mail ORDER BY id DESC LIMIT 1')
  return row?.state
}

const forwards = () =>
  db.sql<{ id: string; to: string }>('SELECT id, to_address AS to FROM delivery ORDER BY id')

it('forwards a reply once, from us and to be answered to the person', async () => {
  expect(await comesIn(reply())).toBe('judged')
  await comesIn(reply())
  const [owing, ...more] = await forwards()
  expect([owing?.to, more]).toEqual(['editor@b.example', []])
  expect(await sendNow(sendingParts(services), async () => owing?.id ?? '')).toMatchObject({
    status: 'accepted',
  })
  const [{ from, to, message } = { from: '', to: '', message: '' }] = relay.received
  expect([from.startsWith('bounce+'), to]).toEqual([true, 'editor@b.example'])
  const head = message.slice(0, message.indexOf('\r\n\r\n'))
  expect(head).toMatch(/^From: "Daily Papers: a reply" <papers@localhost>$/m)
  expect(head).toMatch(/^Reply-To: Ada <ada@one\.example>\r?$/m)
  expect(head).toMatch(/^Subject: =\?utf-8\?q\?Re=3A_Papers_=E2=80=93_a_question\?=\r?$/m)
  expect(head).toMatch(/^X-Loop: bounce@b\.example\r?$/m)
  expect(head).not.toMatch(/^From: Ada/m)
  expect(message).toContain('Which paper was the third?')
  // What was forwarded comes back to us: it ends here.
  expect(await comesIn(message, [returnPath()])).toBe('ignored')
  expect(await forwards()).toHaveLength(1)
})

it.each<[string, string[], boolean]>([
  ['an automatic reply', ['Auto-Submitted: auto-replied'], false],
  ['a vacation notice by its subject', ['X-Autoreply: yes'], false],
  ['a mail without a sender', [], true],
  ['a mail of a list', ['List-Id: <a.example>'], false],
  ['bulk', ['Precedence: bulk'], false],
  ['what went round in circles', Array.from({ length: 60 }, (_, i) => `Received: from a by b; ${i}`), false],
])('never forwards %s', async (_, lines, nullSender) => {
  await comesIn(reply(lines), [returnPath()], nullSender)
  expect(await forwards()).toEqual([])
})

it('forwards ten replies of one reader in a day, and keeps the others for who looks', async () => {
  const states: (string | undefined)[] = []
  for (let i = 0; i < 12; i += 1) states.push(await comesIn(reply([], `Question ${i}?`)))
  expect(states).toEqual([...Array.from({ length: 10 }, () => 'judged'), 'unplaced', 'unplaced'])
  expect(await forwards()).toHaveLength(10)
})

it('forwards nothing that names no mail of ours', async () => {
  expect(await comesIn(reply().replace(/In-Reply-To: <[^@]+/, 'In-Reply-To: <x'))).toBe('unplaced')
  expect(await forwards()).toEqual([])
})

it('shows who asks to leave, unsubscribes them by one press, and takes that back', async () => {
  expect(await comesIn(reply([], 'Please unsubscribe me.'))).toBe('unplaced')
  expect(await forwards()).toHaveLength(1)
  const [shown] = await listUnplaced(db, 10)
  expect(shown).toMatchObject({ wantsToLeave: true, subscriberId: reader })
  const author = { who: 'cli', why: 'asked', requestId: null }
  const press = () => db.transaction('request', (tx) => leaveByReply(tx, services, shown?.id ?? '', author))
  const status = async () =>
    (await db.sql<{ status: string }>('SELECT status FROM subscriber WHERE id = $1', [reader]))[0]?.status
  expect(await press()).toEqual({ subscriberId: reader })
  expect([await status(), await listUnplaced(db, 10)]).toEqual(['unsubscribed', []])
  await expect(press()).rejects.toThrow(/No reply/)
  expect(await db.transaction('bulk', (tx) => undoVerdicts(tx, clock, { kind: 'left' }, 'cli'))).toBe(1)
  expect(await status()).toBe('active')
})

it('knows who asks by their address where the reply names no mail, and shows it alone', async () => {
  const raw = `From: r1@one.example\r\nTo: bounce@b.example\r\nSubject: unsubscribe\r\n\r\nplease\r\n`
  expect(await comesIn(raw)).toBe('unplaced')
  expect(await listUnplaced(db, 10)).toMatchObject([{ wantsToLeave: true, subscriberId: reader }])
  expect(await forwards()).toEqual([])
})

it('has nothing to forward once the person was erased', async () => {
  await comesIn(reply())
  await db.sql('UPDATE inbound_mail SET raw = NULL')
  const [owing] = await forwards()
  const before = relay.received.length
  expect((await sendNow(sendingParts(services), async () => owing?.id ?? '')).status).not.toBe('accepted')
  expect(relay.received).toHaveLength(before)
})
