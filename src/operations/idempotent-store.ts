/** Calls that carry an Idempotency-Key: begun once, answered the same ever after (for a day). */
import { Problem } from '../errors.js'
import type { Services } from '../services.js'
import { seal, unseal } from '../config/sealed.js'
import { maskAddresses } from '../format/mask-addresses.js'
import { keyedHash } from '../subscribers/keys.js'

export type Answer = { status: number; headers: Record<string, string>; body: string }

export type IdempotentCall = { holder: string; key: string; requestHash: Buffer }

type StoreServices = Pick<Services, 'db' | 'clock' | 'secrets'>

/** Programs like to name a call by whom it is about: of such a key a keyed hash is kept. */
const keptKey = ({ keys: [secret] }: Services['secrets'], key: string): string =>
  maskAddresses(key) === key ? key : keyedHash(secret, 'idempotency key', key).toString('base64url')

// Longer than any request may take: who has not answered by then has died.
const lostAfterSeconds = 120
export const keptHours = 24

/**
 * Begins a call, or gives the answer that the same call got before.
 * @throws Problem `unprocessable` when the key came with another request, `conflict` while the first runs.
 */
export async function beginCall(services: StoreServices, call: IdempotentCall): Promise<Answer | undefined> {
  const { db, clock } = services
  const now = clock.now()
  const before = (ms: number) => new Date(now.getTime() - ms)
  const { holder, requestHash } = call
  const key = keptKey(services.secrets, call.key)
  const begun = await db.tables
    .insertInto('idempotent_call')
    .values({ holder, key, request_hash: requestHash, started_at: now })
    .onConflict((earlier) =>
      earlier
        .columns(['holder', 'key'])
        .doUpdateSet({ started_at: now, request_hash: requestHash, status: null, answer: null })
        .where((call) =>
          call.or([
            call('idempotent_call.started_at', '<', before(keptHours * 3_600_000)),
            call.and([
              call('idempotent_call.status', 'is', null),
              call('idempotent_call.request_hash', '=', requestHash),
              call('idempotent_call.started_at', '<', before(lostAfterSeconds * 1000)),
            ]),
          ]),
        ),
    )
    .returning('key')
    .execute()
  return begun.length > 0 ? undefined : earlierAnswer(services, call)
}

async function earlierAnswer(services: StoreServices, call: IdempotentCall): Promise<Answer> {
  const { holder } = call
  const key = keptKey(services.secrets, call.key)
  const row = await services.db.models.idempotentCall.findUnique({ where: { holder_key: { holder, key } } })
  if (row && !call.requestHash.equals(row.requestHash)) {
    throw new Problem('unprocessable', 'This Idempotency-Key was used for another request.')
  }
  if (!row?.answer) {
    throw new Problem('conflict', 'The first request with this Idempotency-Key still runs.', {
      retryAfter: 1,
    })
  }
  const answer = unseal(services.secrets, row.answer)
  if (answer === undefined) throw new Problem('conflict', 'The answer was kept under a key that is gone.')
  return JSON.parse(answer) as Answer
}

/** Keeps the answer; one of 5xx or 429 is forgotten, so that the same call can be tried again. */
export async function endCall(services: StoreServices, call: IdempotentCall, answer: Answer): Promise<void> {
  const repeatable = answer.status >= 500 || answer.status === 429
  const { idempotentCall } = services.db.models
  const where = { holder: call.holder, key: keptKey(services.secrets, call.key), status: null }
  if (repeatable) {
    await idempotentCall.deleteMany({ where })
    return
  }
  const sealed = seal(services.secrets, JSON.stringify(answer))
  await idempotentCall.updateMany({ where, data: { status: answer.status, answer: sealed } })
}
