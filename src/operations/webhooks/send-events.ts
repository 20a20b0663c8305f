/** Tells webhooks what happened to readers and editions: each event until it is taken, or given up. */
import type { Db } from '../../db/client.js'
import type { Services } from '../../services.js'
import type { CallServices } from './call.js'
import { type Happened, messageOfEvent } from './event-message.js'
import { type CallOutcome, nextTry, tryCall } from './try-call.js'

type SendServices = CallServices & Pick<Services, 'log'>

type Owed = Happened & { id: string; url: string; attempts: number }

const atOnce = 200
/** Calls of one webhook at the same time. */
const abreast = 8
/** A webhook that fails so often in a row is left alone until its next turn. */
const failuresInARow = 3
/** A claim that came to nothing is taken up again by then. */
const retryAfterMs = 120_000
/** What is still due after so long waits for the next tick. */
const longestMs = 60_000

/** @returns how many were taken. One process at a time has a row: claiming moves its time on. */
export async function sendEvents(services: SendServices): Promise<number> {
  const begun = performance.now()
  let taken = 0
  for (;;) {
    const owed = await claim(services.db, services.clock.now())
    const urls = [...new Set(owed.map(({ url }) => url))]
    const sums = await Promise.all(
      urls.map((url) =>
        tellOne(
          services,
          owed.filter((one) => one.url === url),
        ),
      ),
    )
    taken += sums.reduce((sum, n) => sum + n, 0)
    if (owed.length < atOnce || performance.now() - begun > longestMs) return taken
  }
}

function claim({ tables }: Db, now: Date): Promise<Owed[]> {
  return tables
    .updateTable('event_send')
    .from('event')
    .set((send) => ({
      due_at: new Date(now.getTime() + retryAfterMs),
      attempts: send('event_send.attempts', '+', 1),
    }))
    .whereRef('event.id', '=', 'event_send.event_id')
    .where('event_send.id', 'in', (send) =>
      send
        .selectFrom('event_send')
        .select('id')
        .where('status', '=', 'due')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('id')
        .limit(atOnce)
        .forUpdate()
        .skipLocked(),
    )
    .returning([
      'event_send.id',
      'event_send.url',
      'event_send.attempts',
      'event.id as eventId',
      'event.type',
    ])
    .returning(['event.at', 'event.reason', 'event.subscriber_id as subscriberId'])
    .returning('event.edition_id as editionId')
    .execute()
}

/** One webhook, in order of events, some at a time. @returns how many were taken. */
async function tellOne(services: SendServices, rows: Owed[]): Promise<number> {
  const waiting = rows.toSorted((a, b) => Number(BigInt(a.eventId) - BigInt(b.eventId)))
  let taken = 0
  let failures = 0
  const worker = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      if (failures >= failuresInARow) await putOff(services, one)
      else if (await tell(services, one)) {
        taken += 1
        failures = 0
      } else failures += 1
    }
  }
  await Promise.all(Array.from({ length: Math.min(abreast, rows.length) }, worker))
  return taken
}

async function tell(services: SendServices, owed: Owed): Promise<boolean> {
  const { db, log } = services
  const outcome = await tryCall(services, owed, () => messageOfEvent(services, owed))
  await settle(db, owed.id, outcome)
  if (outcome.status === 'given_up')
    log.warn({ event: owed.eventId, tries: owed.attempts }, 'a webhook did not take an event')
  return outcome.status === 'taken'
}

/** Its webhook takes nothing just now, which is no try of this one. */
async function putOff({ db, clock }: SendServices, { id, attempts }: Owed): Promise<void> {
  const due = nextTry(clock.now(), attempts)
  await settle(db, id, { status: 'due', due_at: due, attempts: attempts - 1 })
}

type Change = CallOutcome | { status: 'due'; due_at: Date; attempts: number }

async function settle({ tables }: Db, id: string, outcome: Change): Promise<void> {
  await tables.updateTable('event_send').set(outcome).where('id', '=', id).execute()
}
