/** Calls that carry an Idempotency-Key: begun once, answered the same ever after (for a day). */
import { Problem } from '../errors.js'
import type { Services } from '../services.js'
import { seal, unseal } from './sealed.js'

export type Answer = { status: number; headers: Record<string, string>; body: string }

export type IdempotentCall = { holder: string; key: string; requestHash: Buffer }

type StoreServices = Pick<Services, 'db' | 'clock' | 'secrets'>

// Longer than any request may take: who has not answered by then has died.
const lostAfterSeconds = 120
export const keptHours = 24

/**
 * Begins a call, or gives the answer that the same call got before.
 * @throws Problem `unprocessable` when the key came with another request, `conflict` while the first runs.
 */
export async function beginCall(services: StoreServices, call: IdempotentCall): Promise<Answer | undefined> {
  const begun = await services.db.sql(
    `INSERT INTO idempotent_call AS c (holder, key, request_hash, started_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (holder, key) DO UPDATE
       SET started_at = $4, request_hash = $3, status = NULL, answer = NULL
       WHERE c.started_at < $4::timestamptz - make_interval(hours => $6)
          OR (c.status IS NULL AND c.request_hash = $3
              AND c.started_at < $4::timestamptz - make_interval(secs => $5))
     RETURNING 1`,
    [call.holder, call.key, call.requestHash, services.clock.now(), lostAfterSeconds, keptHours],
  )
  return begun.length > 0 ? undefined : earlierAnswer(services, call)
}

async function earlierAnswer(services: StoreServices, call: IdempotentCall): Promise<Answer> {
  const [row] = await services.db.sql<{ request_hash: Buffer; answer: Buffer | null }>(
    'SELECT request_hash, answer FROM idempotent_call WHERE holder = $1 AND key = $2',
    [call.holder, call.key],
  )
  if (row && !row.request_hash.equals(call.requestHash)) {
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
  if (repeatable) {
    await services.db.sql('DELETE FROM idempotent_call WHERE holder = $1 AND key = $2 AND status IS NULL', [
      call.holder,
      call.key,
    ])
    return
  }
  await services.db.sql(
    'UPDATE idempotent_call SET status = $3, answer = $4 WHERE holder = $1 AND key = $2 AND status IS NULL',
    [call.holder, call.key, answer.status, seal(services.secrets, JSON.stringify(answer))],
  )
}
