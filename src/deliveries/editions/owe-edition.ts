/** Owes an edition to its readers, once what each of them is to have of their own has been chosen. */
import { messageOf } from '../../errors.js'
import type { EditionServices } from '../../editions/edition-services.js'
import { chooseApart } from '../../editions/personal/choosing/choose-apart.js'
import { readEditionById } from '../../editions/store.js'
import { fanOut, type FanOutNeeds } from './fan-out.js'

/** So long after its time an edition waits where choosing fails: without, readers would get what they mute or had. */
const patienceMs = 10 * 60_000

/**
 * To be called again and again: choosing that failed is tried anew, and its fault is logged each time.
 * @returns the number of mails; null when it is not owed by this call, see {@link fanOut}, or waits.
 * @throws Problem `conflict` while all sending is held.
 */
export async function oweEdition(
  services: EditionServices & FanOutNeeds,
  editionId: number,
): Promise<number | null> {
  if (!(await choose(services, editionId)) && (await mayWait(services, editionId))) return null
  return fanOut(services, editionId)
}

/** @returns whether all have been chosen for. */
async function choose(services: EditionServices, editionId: number): Promise<boolean> {
  const { log } = services
  try {
    const began = performance.now()
    const readers = await chooseApart(services, editionId)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    if (readers > 0) log.info({ edition: editionId, readers, seconds }, 'chose personal editions')
    return true
  } catch (error) {
    log.error({ edition: editionId, fault: messageOf(error) }, 'personal editions could not be chosen')
    return false
  }
}

/** Whoever sends it before its time does not want to wait. */
async function mayWait({ db, clock }: EditionServices, editionId: number): Promise<boolean> {
  const sendAt = (await readEditionById(db, editionId))?.sendAt
  const late = sendAt ? clock.now().getTime() - sendAt.getTime() : Number.POSITIVE_INFINITY
  return late >= 0 && late < patienceMs
}
