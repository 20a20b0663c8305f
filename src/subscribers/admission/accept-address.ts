/** Which addresses may become a subscriber's: those that our relays can send to. The one rule for every way in. */
import type { Clock } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { boolean, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Mailer } from '../../mail/mailer/mailer.js'
import { type Address, checkAddress } from '../address.js'
import { typedAddress } from './typed-address.js'
import { isAlive } from '../../mail/alive-workers.js'

export type AcceptServices = {
  db: Pick<Queries, 'run'>
  clock: Clock
  /** Asked where no worker is at work that knows. */
  mailer?: Pick<Mailer, 'greet' | 'health'>
}

const localPartBeyondAscii = /[^\0-\x7f][^]*@/

/** {@link addressCheck} for one address. */
export function acceptAddress(services: AcceptServices, text: string): Promise<Address> {
  return addressCheck(services)(text)
}

/**
 * A check for many addresses, which asks what the relays can at most once, and only when an address needs it.
 * It rejects with a Problem `unprocessable` that says what is wrong with the address.
 */
export function addressCheck(services: AcceptServices): (text: string) => Promise<Address> {
  let able: Promise<boolean> | undefined
  return async (given) => {
    const text = typedAddress(given)
    if (!localPartBeyondAscii.test(text)) return checkAddress(text)
    able ??= relaysTakeUtf8(services)
    return checkAddress(text, { eai: await able })
  }
}

const relaysOfWorkers = statement({
  text: `SELECT coalesce((relay->>'smtpUtf8')::boolean, false) AS able
    FROM worker, jsonb_array_elements(relays) AS relay WHERE ${isAlive('$1')}`,
  parameters: [timestamptz],
  columns: { able: boolean },
})

/**
 * Whether every relay offers SMTPUTF8 (RFC 6531), as the workers last said: any of them may get the mail. One
 * that was never reached is taken for one that does not.
 */
async function relaysTakeUtf8({ db, clock, mailer }: AcceptServices): Promise<boolean> {
  const told = await db.run(relaysOfWorkers, [clock.now()])
  if (told.length > 0 || !mailer) return told.length > 0 && told.every(({ able }) => able)
  await mailer.greet()
  return mailer.health().every(({ smtpUtf8 }) => smtpUtf8 === true)
}
