/** A mailbox that is emptied over IMAP: what is taken, what stays, and what happens when the connection breaks. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ownToken } from '../../../src/deliveries/returns/return-path.js'
import { inboundMailbox } from '../../../src/config/inbound.js'
import { type MailboxWatch, watchMailbox } from '../../../src/inbound/mailbox/watch.js'
import { unpaced } from '../../../src/inbound/taking/pace.js'
import { type ImapStandIn, startImap } from '../../support/imap-stand-in.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { dsn } from '../../support/returned-mails.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { until } from '../../support/until.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-07-01T09:00:00Z')
const services = await testServices(db, { RETURN_ADDRESS: 'bounce@b.example' }, { clock })

let imap: ImapStandIn
let watch: MailboxWatch | undefined
let edition: number
beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, edition, inbound_mail, verdict CASCADE')
  edition = await addEdition(db, { sendAt: clock.now() })
  imap = await startImap()
})
afterEach(async () => {
  await watch?.close()
  watch = undefined
  await imap.close()
})

const start = (url = imap.url) => (watch = watchMailbox(services, inboundMailbox(url), unpaced, 20))

async function bounced(prefix: string): Promise<string> {
  const [subscriberId = 0] = await addReaders(db, 1, { prefix })
  const token = ownToken(services.secrets, 'bounce', { editionId: edition, subscriberId, epoch: 0 })
  const to = `${prefix}1@one.example`
  return dsn({ from: `bounce+${token}@b.example`, to, message: `To: <${to}>\r\n\r\n` })
}

const held = (path: string) => imap.mailboxes.get(path)?.length ?? 0
const dead = async () => (await db.sql(`SELECT 1 FROM subscriber WHERE status = 'bounced'`)).length
const written = async () => (await db.sql('SELECT 1 FROM inbound_mail')).length

it('takes what is there and what comes, moves it away, and leaves what nobody can place', async () => {
  imap.deliver(await bounced('a'))
  imap.deliver('From: somebody@example.org\nTo: papers@b.example\nSubject: An invoice\n\nPay.\n')
  start()
  await until(async () => (await dead()) === 1 && held('Daily Papers') === 1)
  await until(() => imap.commands.includes('IDLE'))
  imap.deliver(await bounced('b'))
  await until(async () => (await dead()) === 2 && held('Daily Papers') === 2)
  expect([held('INBOX'), await written()]).toEqual([1, 3])
  const fetched = imap.commands.filter((command) => command.startsWith('UID FETCH 2 '))
  expect(fetched).toHaveLength(1)
})

it('writes down before it moves, and counts once what it could not move', async () => {
  let drops = 2
  imap.dropBefore = (command) => command === 'UID MOVE' && drops-- > 0
  imap.deliver(await bounced('a'))
  start()
  await until(() => held('Daily Papers') === 1)
  expect([await written(), await dead(), (await db.sql('SELECT 1 FROM verdict')).length]).toEqual([1, 1, 1])
})

it('comes back when the connection breaks while it waits', async () => {
  start()
  await until(() => imap.commands.includes('IDLE'))
  imap.drop()
  imap.deliver(await bounced('a'))
  await until(async () => (await dead()) === 1 && held('Daily Papers') === 1)
  expect(imap.commands.filter((command) => command === 'LOGIN')).toHaveLength(2)
})

it('two that watch one mailbox count nothing twice', async () => {
  for (const prefix of ['a', 'b', 'c', 'd']) imap.deliver(await bounced(prefix))
  const other = watchMailbox(services, inboundMailbox(imap.url), unpaced, 20)
  start()
  await until(async () => (await dead()) === 4 && held('INBOX') === 0)
  await other.close()
  expect([await written(), (await db.sql('SELECT 1 FROM verdict')).length]).toEqual([4, 4])
})

it('goes on asking after a wrong password, and ends when it is told to', async () => {
  start(imap.url.replace(':secret@', ':wrong@'))
  await until(() => imap.commands.filter((command) => command === 'LOGIN').length >= 2)
  await watch?.close()
  await until(() => imap.connections() === 0)
  expect(imap.commands).not.toContain('SELECT INBOX')
})

it.each([
  [
    'imaps://a%40b.example:p%2Fw@mail.example/Bounces',
    { secure: true, port: 993, user: 'a@b.example', password: 'p/w', folder: 'Bounces' },
  ],
  ['imap://a:b@127.0.0.1:1143', { secure: false, port: 1143, folder: 'INBOX' }],
])('reads %s', (url, expected) => {
  expect(inboundMailbox(url)).toMatchObject(expected)
})

it.each(['https://a:b@mail.example', 'imaps://mail.example/INBOX', 'INBOX'])('refuses %s', (url) => {
  expect(() => inboundMailbox(url)).toThrow('a mailbox such as')
})
