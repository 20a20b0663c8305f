/** The doctor's last examination, kept so that the desk shows it at once. */
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Queries } from '../../db/client.js'
import type { Finding } from '../../mail/domain/finding.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'
import { examine, examineDatabase } from './examine.js'

const findingSchema = Type.Object({
  check: Type.String(),
  state: Type.Enum(['ok', 'advice', 'fault']),
  detail: Type.String(),
  mend: Type.Union([Type.String(), Type.Null()]),
})

const keptSchema = Type.Object({ at: Type.String(), findings: Type.Array(findingSchema) })

/** `at` as an instant of RFC 3339. */
export type Examination = Omit<Static<typeof keptSchema>, 'findings'> & { findings: Finding[] }

const name = 'doctor'

/** @returns null where nobody has asked the doctor yet. */
export async function readExamination(db: Queries): Promise<Examination | null> {
  const row = await db.tables
    .selectFrom('setting')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row && Value.Check(keptSchema, row.value) ? row.value : null
}

/** One examination calls relays, DNS and the source: who asks again at once is shown the same. */
const anewAfterMs = 5_000

/**
 * Makes examinations for all who ask this process, one at a time.
 * @returns what examines the service as this process sees it, and keeps what was found.
 */
export function openDoctor(services: Services): (author: Author) => Promise<Examination> {
  let last: { begun: number; examination: Promise<Examination> } | null = null
  let running = false
  return (author) => {
    if (last && (running || performance.now() - last.begun < anewAfterMs)) return last.examination
    running = true
    const examination = examineAndKeep(services, author).finally(() => {
      running = false
    })
    last = { begun: performance.now(), examination }
    return examination
  }
}

async function examineAndKeep({ db, config, clock }: Services, author: Author): Promise<Examination> {
  const findings = await examine(config, () => examineDatabase(db, config))
  const updatedAt = clock.now()
  const value = { at: updatedAt.toISOString(), findings }
  await db.transaction('request', async (tx) => {
    const kept = { value, updatedAt }
    await tx.models.setting.upsert({ where: { name }, create: { name, ...kept }, update: kept })
    const faults = findings.filter(({ state }) => state === 'fault').map(({ check }) => check)
    await writeAudit(tx, clock, author, { action: 'service.examined', target: 'service', after: { faults } })
  })
  return value
}
