/** What a relay refuses at the time of sending is judged and kept like a bounce, once. */
import { beforeEach, expect, it } from 'vitest'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { answerRefusals } from '../../../src/deliveries/rates/refusals.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { outcomeOf } from '../../../src/mail/mailer/outcome.js'
import {
  acceptedBy,
  addEdition,
  addReaders,
  refusedWith,
  type Script,
  scriptedParts,
} from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const sendAt = new Date('2026-05-06T06:00:00Z')

beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, edition, delivery, throttle, verdict CASCADE')
})

/** Sends editions to three readers, of whom the second gets the answer of the script. */
async function send(answer: ReturnType<Script>, editions = 1): Promise<void> {
  const [, second] = await addReaders(db, 3)
  for (let day = 0; day < editions; day += 1) {
    const at = new Date(sendAt.getTime() + day * 86_400_000)
    const script: Script = (to) => (to.startsWith('r2@') ? answer : acceptedBy('one'))
    const parts = scriptedParts(db, () => at, script, { env: { RETRY_SECONDS: '1' } })
    parts.classify = outcomeOf
    parts.afterRefusal = answerRefusals(parts.services.secrets, { of: () => 40 })
    const edition = await addEdition(db, { sendAt: at })
    await fanOut(parts.services, edition)
    await sendEdition(parts, edition)
  }
  expect(second).toBeDefined()
}

const verdicts = () =>
  db.models.verdict.findMany({
    select: { kind: true, class: true, code: true, status: true, words: true, effect: true },
  })

const statuses = async () =>
  (await db.models.subscriber.findMany({ orderBy: { id: 'asc' } })).map(({ status }) => status)

it.each([
  [550, '5.1.1', 'No such user here', 'hard', 'bounced', 'bounced'],
  [550, '5.7.1', 'Message blocked as spam', 'policy', 'told', 'active'],
  [552, '5.2.2', 'Mailbox is full', 'soft', 'counted', 'active'],
  [552, '5.3.4', 'Message too big for system', 'ours', 'told', 'active'],
] as const)('keeps a %d %s with its words: %s', async (code, status, words, verdict, effect, after) => {
  await send(refusedWith(code, status, words))
  expect(await verdicts()).toEqual([{ kind: 'bounce', class: verdict, code, status, words, effect }])
  expect(await statuses()).toEqual(['active', after, 'active'])
})

it('keeps no address with the words', async () => {
  await send(refusedWith(550, '5.1.1', '<r2@one.example>: no such user'))
  const [kept] = await verdicts()
  expect(kept?.words).toContain('no such user')
  expect(kept?.words).not.toContain('r2@')
})

it('sends a reader nothing more after a hard refusal', async () => {
  await send(refusedWith(550, '5.1.1', 'No such user here'), 3)
  expect(await verdicts()).toHaveLength(1)
})

it('counts a soft refusal once for each edition', async () => {
  await send(refusedWith(552, '5.2.2', 'Mailbox is full'), 3)
  expect(await verdicts()).toHaveLength(3)
})
