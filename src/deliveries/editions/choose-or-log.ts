/** Personal editions are chosen before an edition is owed; what hinders that keeps nobody from the common one for long. */
import { messageOf } from '../../errors.js'
import type { EditionServices } from '../../editions/edition-services.js'
import { chooseApart } from '../../editions/personal/choosing/choose-apart.js'

/** So long after its time an edition waits for what readers are to have of their own, and is tried at every tick. */
export const choosingPatienceMs = 10 * 60_000

/** @returns whether all have been chosen for. */
export async function chooseOrLog(services: EditionServices, editionId: number): Promise<boolean> {
  try {
    const began = performance.now()
    const chosen = await chooseApart(services, editionId)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    if (chosen > 0)
      services.log.info({ edition: editionId, readers: chosen, seconds }, 'chose personal editions')
    return true
  } catch (error) {
    services.log.error(
      { edition: editionId, fault: messageOf(error) },
      'personal editions could not be chosen',
    )
    return false
  }
}
