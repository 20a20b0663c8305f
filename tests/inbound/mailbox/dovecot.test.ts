/** The mailbox of a real IMAP server: emptied, waited at, moved, and found again after a restart of the server. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inboundMailbox } from '../../../src/config/inbound.js'
import { ownToken } from '../../../src/deliveries/returns/return-path.js'
import { type MailboxWatch, watchMailbox } from '../../../src/inbound/mailbox/watch.js'
import { unpaced } from '../../../src/inbound/taking/pace.js'
import { type Dovecot, startDovecot, withoutDovecot } from '../../support/dovecot.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { dsn } from '../../support/returned-mails.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { until } from '../../support/until.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

describe.skipIf(withoutDovecot)('a mailbox at Dovecot', () => {
  let server: Dovecot
  let watch: MailboxWatch | undefined
  let services: Awaited<ReturnType<typeof open>>
  let edition: number

  async function open() {
    const { db } = await testDatabase()
    const clock = stoppedClock('2026-07-01T09:00:00Z')
    return testServices(db, { RETURN_ADDRESS: 'bounce@b.example' }, { clock })
  }
  beforeAll(async () => {
    server = await startDovecot()
    services = await open()
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    await services.db.sql('TRUNCATE subscriber, suppression, edition, inbound_mail, verdict CASCADE')
    edition = await addEdition(services.db, { sendAt: services.clock.now() })
  })
  afterEach(() => watch?.close())

  async function bounced(prefix: string): Promise<string> {
    const [subscriberId = 0] = await addReaders(services.db, 1, { prefix })
    const token = ownToken(services.secrets, 'bounce', { editionId: edition, subscriberId, epoch: 0 })
    const to = `${prefix}1@one.example`
    return dsn({ from: `bounce+${token}@b.example`, to, message: `To: <${to}>\r\n\r\n` })
  }
  const dead = () => services.db.models.subscriber.count({ where: { status: 'bounced' } })

  it('is emptied, waited at, and found again when the server was away', async () => {
    await server.deliver(await bounced('a'))
    await server.deliver('From: somebody@example.org\nTo: papers@b.example\nSubject: An invoice\n\nPay.\n')
    watch = watchMailbox(services, inboundMailbox(server.url), unpaced, 50)
    await until(async () => (await dead()) === 1 && (await server.held('Daily Papers')) === 1)
    await server.deliver(await bounced('b'))
    await until(async () => (await dead()) === 2 && (await server.held('Daily Papers')) === 2)
    await server.restart()
    await server.deliver(await bounced('c'))
    await until(async () => (await dead()) === 3 && (await server.held('Daily Papers')) === 3)
    await until(async () => (await server.held()) === 1)
    expect(await services.db.models.verdict.count()).toBe(3)
  })
})
