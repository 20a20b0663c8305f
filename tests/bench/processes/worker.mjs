/** A worker of the built service that sends one edition; says how far it is, and what it took. */
import { readConfig } from '../../../dist/config/config.js'
import { runBroadcastLane } from '../../../dist/deliveries/lanes/lanes.js'
import { sendingParts } from '../../../dist/deliveries/sender/create-sender.js'
import { signed } from '../../../dist/deliveries/composing/signed.js'
import { openLog } from '../../../dist/log.js'
import { assembleMail, prepareMail } from '../../../dist/mail/message/assemble.js'
import { openServices } from '../../../dist/services.js'
import { preferencesUrl, unsubscribeUrl } from '../../../dist/subscribers/links.js'

const stop = new AbortController()

process.once('message', (told) => void prepare(told))

/** Everything up to the first claim, which waits for a second word. */
async function prepare({ env, editionId, personalised }) {
  const config = readConfig(env)
  const services = await openServices(config, config.databaseUrl, { log: openLog('warn') })
  const parts = sendingParts(services, (settled) => process.send({ settled: settled.length }))
  if (personalised) parts.compose = signed(await ownOrder(services, editionId), services.signer)
  await services.db.sql('SELECT 1')
  process.once('message', () => void send(services, parts, editionId))
  process.send('ready')
}

async function send(services, parts, editionId) {
  process.once('message', () => stop.abort())
  const cpu = process.cpuUsage()
  await runBroadcastLane(parts, stop.signal, editionId)
  const used = process.cpuUsage(cpu)
  process.send({ cpuMs: (used.user + used.system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 })
  await services.close()
  process.exit(0)
}

/** As the common mail, with its ten cards in an order of each reader's own. */
async function ownOrder({ db, config, clock, secrets }, editionId) {
  const [row] = await db.sql('SELECT compiled FROM edition WHERE id = $1', [editionId])
  const prepared = prepareMail(row.compiled)
  return async (delivery) => {
    const first = delivery.subscriberId % 10
    const leave = unsubscribeUrl(secrets, config.publicUrl, delivery.subscriberId)
    const wishes = preferencesUrl(
      secrets,
      config.publicUrl,
      { id: delivery.subscriberId, epoch: delivery.epoch },
      clock.now(),
    )
    const message = await assembleMail(prepared, {
      from: config.mailFrom,
      to: delivery.address,
      messageId: `${delivery.id}@example.org`,
      date: clock.now(),
      values: { UNSUBSCRIBE_URL: leave, PREFERENCES_URL: wishes, WEB_URL: config.publicUrl },
      order: [3, 9, 4, 8, 5, 7, 6, 0, 1, 2].map((card) => (card + first) % 10),
      list: {
        name: 'Daily Papers',
        id: 'papers.example.org',
        unsubscribeUrl: leave,
        archiveUrl: config.publicUrl,
        feedbackId: 'a:b:c:d',
      },
    })
    return { envelope: { from: config.mailFrom.address, to: delivery.address }, message }
  }
}
