/** Puts together what sending takes, from the services of a process. */
import { outcomeOf } from '../../mail/mailer/outcome.js'
import { openComposer } from '../composing/compose.js'
import type { Sending } from '../ledger/delivery.js'
import type { LaneParts } from '../lanes/lanes.js'
import { signed } from '../composing/signed.js'
import { DomainPace } from '../rates/domain-pace.js'
import { saveMemory } from './heap.js'
import { Alarm, answerRefusals } from '../rates/refusals.js'
import type { Settlement } from '../settle/settlement.js'

/** @param watch hears of each batch once it is in the ledger. */
export function sendingParts(
  services: Sending,
  watch: (settled: Settlement[]) => void = () => {},
): LaneParts {
  saveMemory()
  const pace = new DomainPace()
  const alarm = new Alarm(services.log)
  return {
    services,
    compose: signed(openComposer(services), services.signer),
    classify: outcomeOf,
    afterRefusal: answerRefusals(services.secrets, pace),
    onSettled: (settled) => {
      alarm.watch(settled)
      pace.watch(settled)
      watch(settled)
    },
  }
}
