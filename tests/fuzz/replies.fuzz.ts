/** Hostile relay replies: whatever a relay says, every mail is in a named state after it, and no log has an address. */
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { runWaitedLane } from '../../src/deliveries/lanes/lanes.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { alertLetter } from '../../src/operations/alerts/letter.js'
import { hostileText, leaked, pick } from '../support/hostile-values.js'
import { seeded } from '../support/mutate.js'
import { startRelay } from '../support/relay-stand-in.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { traceLog } from '../support/trace-log.js'

const mails = Number(process.env['FUZZ_REPLIES'] ?? 300)
const random = seeded(Number(process.env['FUZZ_SEED'] ?? 20_261_126))

const codes = [
  '250',
  '250',
  '250',
  '354',
  '421',
  '450',
  '452',
  '500',
  '550',
  '552',
  '554',
  '000',
  '999',
  '2',
  'abc',
  '-1',
]

function reply(): string {
  const kind = random()
  if (kind < 0.05) return 'DROP'
  const words = pick(random, [
    '',
    '2.0.0 Ok',
    '5.1.1',
    '9.9.9',
    `<${leaked}>: ${hostileText(random, 400)}`,
    'x'.repeat(9000),
  ])
  const code = pick(random, codes)
  const lines = Array.from({ length: Math.floor(random() * 4) }, () => `${code}-${words}`)
  return [...lines, `${code} ${words}`].join('\r\n')
}

it(`${mails} mails meet replies of every kind`, async () => {
  const { db } = await testDatabase()
  const { log, text: logged } = traceLog()
  const relay = await startRelay({
    command: (line) => (/^(MAIL|RCPT|DATA)/i.test(line) && random() < 0.3 ? reply() : undefined),
    body: () => (random() < 0.5 ? reply() : '250 2.0.0 Ok'),
  })
  const clock = stoppedClock('2026-08-05T05:00:00Z')
  const services = await testServices(db, { MAIL_URL: relay.url }, { clock, log })
  const letter = alertLetter(services.config, { kind: 'test', text: 'A test.' })
  await db.sql(
    `INSERT INTO delivery (kind, to_address, domain, payload, due_at, lane, status)
     SELECT 'alert', 'leaked.' || n || '@fuzz.example', 'fuzz.example', $1, $2, 0, 'due' FROM generate_series(1, $3) n`,
    [JSON.stringify({ about: 'alert', letter }), clock.now(), mails],
  )
  const stop = new AbortController()
  const lane = runWaitedLane(sendingParts(services), stop.signal)
  const until = performance.now() + 120_000
  const untried = () => db.sql(`SELECT 1 FROM delivery WHERE status IN ('due', 'claimed') AND attempts = 0`)
  while ((await untried()).length > 0 && performance.now() < until) await wait(50)
  stop.abort()
  await lane
  await services.mailer.close()
  await relay.close()
  const states = await db.sql<{ status: string; mails: number }>(
    'SELECT status, count(*)::int AS mails FROM delivery GROUP BY status ORDER BY status',
  )
  console.info(`fuzz: ${states.map(({ status, mails }) => `${mails} ${status}`).join(', ')}`)
  expect(states.map(({ status }) => status)).not.toContain('claimed')
  expect(states.find(({ status }) => status === 'accepted')?.mails ?? 0).toBeGreaterThan(0)
  expect(logged()).not.toMatch(/leaked\.[^"\s]{0,20}@/)
})
