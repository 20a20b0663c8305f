/** What an operator does to an edition; each with its row in the audit log, in one transaction. */
import type { Tx } from '../../db/client.js'
import { type RetryOptions, retryDeliveries } from '../../deliveries/reports/retry-deliveries.js'
import { cancelEdition, pauseEdition, resumeEdition } from '../../editions/building/steer.js'
import { buildEditionWithin, tellBuilt } from '../../editions/building/build.js'
import { closingOf } from '../../editions/choosing/send-at.js'
import { approveEdition, holdEdition, scheduleEdition } from '../../editions/building/steer.js'
import { renderSoon } from '../../papers/html/render.js'
import { type Edition, readEdition } from '../../editions/store.js'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'
import { findEdition, kindOf } from './find.js'

type StepServices = Pick<Services, 'db' | 'clock' | 'log' | 'config'>

/** Builds it, or builds it anew as long as it is not frozen. */
export async function rebuildEdition(
  services: StepServices,
  period: string,
  author: Author,
): Promise<Edition> {
  await renderSoon(services)
  const kind = kindOf(period)
  const { edition, built } = await services.db.transaction('job', async (tx) => {
    const before = await readEdition(tx, kind, period)
    if (before?.frozenAt) throw new Problem('conflict', 'The edition is frozen: its bytes stay as they are.')
    const built = await buildEditionWithin(tx, services, kind, period, { freeze: false })
    return { built, edition: await noted(services, tx, period, before, 'edition.built', author) }
  })
  tellBuilt(services.log, built)
  return edition
}

/** Keeps it from going out. The reason is what the next operator reads. */
export const hold = step('edition.held', (services, tx, { id }, author) =>
  holdEdition(tx, id, services.clock.now(), author.why ?? 'held by the operator'),
)

/** Freezes a draft, and lets what is held go; overriding what held it takes a reason. */
export const approve = step('edition.approved', async (services, tx, edition, author) => {
  if (edition.status === 'held') requireReason(author, 'Approving a held edition overrides what held it')
  await approveEdition(tx, services, edition.id)
})

export const pause = step('edition.paused', (services, tx, { id }, author) =>
  pauseEdition(tx, id, services.clock.now(), author.why ?? undefined),
)

export const resume = step('edition.resumed', (services, tx, { id }) =>
  resumeEdition(tx, id, services.clock.now()),
)

export const cancel = step('edition.cancelled', (services, tx, { id }, author) => {
  requireReason(author, 'Cancelling is for good')
  return cancelEdition(tx, id, services.clock.now(), author.why ?? undefined)
})

/** Freezes it if need be and makes it due at once: the worker takes it from there. */
export const sendNow = step('edition.sent', async (services, tx, edition, author) => {
  if (edition.status === 'held') requireReason(author, 'Sending a held edition overrides what held it')
  if (!edition.frozenAt || edition.status === 'held') await approveEdition(tx, services, edition.id)
  // What was held while it went out goes on: it has had its time.
  const goesOn = edition.status === 'held' && edition.fannedOutAt
  if (!goesOn) await scheduleEdition(tx, edition.id, services.clock.now(), services.clock.now())
})

/**
 * Sets the time at which it goes out; what is not frozen yet is frozen by that time.
 * @throws Problem `unprocessable` for a time that has passed, or at which the day of a draft has not ended.
 */
export function schedule(
  services: StepServices,
  period: string,
  sendAt: Date,
  author: Author,
): Promise<Edition> {
  const work = step('edition.scheduled', async (services, tx, { id, day, frozenAt }) => {
    const now = services.clock.now()
    if (sendAt < now) {
      throw new Problem(
        'unprocessable',
        `This time has passed: it is ${utc(now)}. To send it at once, use "Send now".`,
      )
    }
    if (!frozenAt && sendAt < closingOf(day)) {
      throw new Problem('unprocessable', `Its day ends at ${utc(closingOf(day))}: set a time after that.`)
    }
    await scheduleEdition(tx, id, sendAt, now)
  })
  return work(services, period, author)
}

/** Makes deliveries due again that can be sent; the claim still leaves out who must not be mailed by then. */
export function retry(
  services: StepServices,
  period: string,
  options: RetryOptions,
  author: Author,
): Promise<{ retried: number }> {
  return services.db.transaction('bulk', async (tx) => {
    const { id } = await findEdition(tx, period)
    const retried = await retryDeliveries(tx, id, options, services.clock.now())
    const after = { ...options, retried }
    await writeAudit(tx, services.clock, author, {
      action: 'edition.retried',
      target: `edition:${period}`,
      after,
    })
    return { retried }
  })
}

type Work = (services: StepServices, tx: Tx, edition: Edition, author: Author) => Promise<void>

function step(action: string, work: Work) {
  return (services: StepServices, period: string, author: Author): Promise<Edition> =>
    services.db.transaction('job', async (tx) => {
      const before = await findEdition(tx, period)
      await work(services, tx, before, author)
      return noted(services, tx, period, before, action, author)
    })
}

async function noted(
  services: StepServices,
  tx: Tx,
  period: string,
  before: Edition | null,
  action: string,
  author: Author,
): Promise<Edition> {
  const edition = await findEdition(tx, period)
  const change = {
    action,
    target: `edition:${period}`,
    before: before && stateOf(before),
    after: stateOf(edition),
  }
  await writeAudit(tx, services.clock, author, change)
  return edition
}

const utc = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

const stateOf = ({ status, reason, sendAt, papers }: Edition) => ({
  status,
  reason,
  sendAt,
  papers: papers?.map(({ id }) => id) ?? null,
})

function requireReason(author: Author, what: string): void {
  if (!author.why) throw new Problem('unprocessable', `${what}: give a reason.`)
}
