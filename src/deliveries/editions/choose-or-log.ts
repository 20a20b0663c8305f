/** Personal editions are chosen before an edition is owed; what hinders that keeps nobody from the common one. */
import { messageOf } from '../../errors.js'
import type { EditionServices } from '../../editions/edition-services.js'
import { choosePersonal } from '../../editions/personal/choosing/choose-orders.js'

export async function chooseOrLog(services: EditionServices, editionId: number): Promise<void> {
  try {
    const began = performance.now()
    const chosen = await choosePersonal(services, editionId)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    if (chosen > 0)
      services.log.info({ edition: editionId, readers: chosen, seconds }, 'chose personal editions')
  } catch (error) {
    services.log.error(
      { edition: editionId, fault: messageOf(error) },
      'personal editions could not be chosen',
    )
  }
}
