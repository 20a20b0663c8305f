import { expect, it } from 'vitest'
import { startHeartbeat } from '../../../src/deliveries/sender/heartbeat.js'
import { sendingHealth } from '../../../src/deliveries/sender/sending-health.js'
import type { Sending } from '../../../src/deliveries/ledger/delivery.js'
import type { RelayHealth } from '../../../src/mail/mailer/mailer.js'
import { acceptedBy, scriptedParts } from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'
import { until } from '../../support/until.js'

const { db } = await testDatabase()
const now = new Date('2026-05-06T06:00:00Z')

const relay = (name: string, state: 'up' | 'down'): RelayHealth => ({
  name,
  state,
  fault: state === 'up' ? null : 'connect ECONNREFUSED',
  connections: 0,
  smtpUtf8: null,
})

function sending(relays: RelayHealth[]): Sending {
  const { services } = scriptedParts(
    db,
    () => now,
    () => acceptedBy('one'),
  )
  return { ...services, mailer: { ...services.mailer, health: () => relays } }
}

async function heardOf(workers: number) {
  return until(async () => {
    const health = await sendingHealth(db, now)
    return health.workers.length === workers && health
  })
}

it('says which workers live and which relays none of them can reach', async () => {
  const one = startHeartbeat(sending([relay('a:25', 'up'), relay('b:25', 'down')]))
  const two = startHeartbeat(sending([relay('a:25', 'down'), relay('b:25', 'down')]))
  const health = await heardOf(2)
  expect(health.relaysDown.map(({ name }) => name)).toEqual(['b:25'])
  expect(health.workers[0]).toMatchObject({ sent: 0, capacity: 5, seenAt: now })
  await one.stop()
  expect((await heardOf(1)).relaysDown.map(({ name }) => name)).toEqual(['a:25', 'b:25'])
  const silent = await sendingHealth(db, new Date(now.getTime() + 16_000))
  expect(silent.workers).toEqual([])
  await two.stop()
  expect((await sendingHealth(db, now)).workers).toEqual([])
})
