/** Sends one copy of an edition to an operator at once; a delivery of its own kind, in no report. */
import type { OperatorPayload } from '../../deliveries/composing/operator-mail.js'
import type { LaneParts } from '../../deliveries/lanes/lanes.js'
import { type SentNow, sendNow } from '../../deliveries/sender/send-now.js'
import { readCompiled } from '../../editions/store.js'
import { Problem } from '../../errors.js'
import { oweMail } from '../../mail/owe.js'
import { acceptAddress } from '../../subscribers/admission/accept-address.js'
import { passDoor, refuse } from '../../subscribers/door/door.js'
import { defaultLimits } from '../../subscribers/door/limits.js'
import { type Author, writeAudit } from '../audit.js'
import { findEdition } from './find.js'

/**
 * @throws Problem `conflict` when the edition has no mail, `unprocessable` for what is no address,
 * `too-many-requests` when the address or the author has had as many as they may.
 */
export async function sendTest(
  parts: LaneParts,
  period: string,
  to: string,
  author: Author,
): Promise<SentNow> {
  const { db, clock, secrets } = parts.services
  const address = await acceptAddress(parts.services, to)
  const edition = await findEdition(db, period)
  if (!(await readCompiled(db, edition.id))) {
    throw new Problem('conflict', `The edition is ${edition.status} and has no mail to show.`)
  }
  const payload: OperatorPayload = { about: 'test', editionId: edition.id }
  return sendNow(parts, async (tx) => {
    const at = clock.now()
    const door = { secrets, limits: defaultLimits }
    const passage = await passDoor(tx, door, address, { operator: author.who }, at)
    if (passage.state !== 'open') refuse(passage.state === 'refused' ? passage.by : 'copy', at)
    const mail = { kind: 'test', subscriberId: null, to: passage.to, payload } as const
    const id = await oweMail(tx, { ...mail, dueAt: at })
    const change = { action: 'edition.tested', target: `edition:${period}`, after: { delivery: id } }
    await writeAudit(tx, clock, author, change)
    return id
  })
}
