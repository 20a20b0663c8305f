/** The inbound process: takes mail that comes back, and judges it, until it is told to stop. */
import { constants, setPriority } from 'node:os'
import { listenForMail } from './inbound/listening/listen.js'
import { watchMailbox } from './inbound/mailbox/watch.js'
import { GivingWay } from './inbound/taking/pace.js'
import { Judging } from './inbound/taking/judging.js'
import { ConfigError } from './errors.js'
import type { Services } from './services.js'

export type Inbound = {
  /** Where it takes mail; null where only what others took is judged. */
  port: number | null
  close(): Promise<void>
}

/**
 * Any number may run on one database.
 * @throws ConfigError when mail is to be taken and no return address says whose.
 */
export async function startInbound(services: Services): Promise<Inbound> {
  const { inboundListen, inboundMailbox, returnAddress } = services.config
  if (inboundListen && !returnAddress)
    throw new ConfigError('INBOUND_LISTEN takes what comes to RETURN_ADDRESS, which is not set')
  giveWay()
  const pace = new GivingWay(services.db)
  const judging = new Judging(services, pace)
  judging.start()
  const mailbox = inboundMailbox ? watchMailbox(services, inboundMailbox, pace) : null
  const listener =
    inboundListen && returnAddress
      ? await listenForMail(services, inboundListen, returnAddress, () => judging.nudge(), pace)
      : null
  return {
    port: listener?.port ?? null,
    close: async () => {
      await Promise.all([listener?.close(), mailbox?.close()])
      await judging.close()
    },
  }
}

/** What comes back can wait; mail that goes out has the processor first. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Where it may not, it goes on beside.
  }
}
