/** What comes back and needs somebody: complaints beyond the operator's bound, and what others have against our mail. */
import type { Tx } from '../../db/client.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import { oneLine } from '../../format/text/one-line.js'
import type { Clock } from '../../clock.js'
import { complaintRates, faultsFound } from '../figures/returns.js'
import { readSettings } from '../settings.js'

type Found = { cause: string; text: string }

const complaintDays = 7

export async function manyComplaints(tx: Tx, { clock }: { clock: Clock }): Promise<Found[]> {
  const { gates } = await readSettings(tx)
  const rates = await complaintRates(tx, complaintDays, clock.now())
  return rates
    .filter(
      ({ complaints, share }) =>
        complaints >= gates.complaintLeast && share !== null && share > gates.complaintShare,
    )
    .map(({ domain, complaints, accepted }) => ({
      cause: `complaints:${domain}`,
      text: `${complaints} of ${accepted} mails to ${domain} were complained of in ${complaintDays} days. Providers refuse senders above 0.3 %: see who signed up, and how, on the page of bounces.`,
    }))
}

/** Below so many in a day, it is what any list has. */
const faultsLeast = 5
const domainsNamed = 5

/** One for each class: a fault of ours is told by many servers at once. */
export async function faultsReturned(tx: Tx, { clock }: { clock: Clock }): Promise<Found[]> {
  const faults = await faultsFound(tx, clock.now())
  return ['ours', 'policy'].flatMap((kind) => {
    const rows = faults.filter((fault) => fault.class === kind)
    const mails = rows.reduce((sum, row) => sum + row.mails, 0)
    if (mails < faultsLeast) return []
    const domains = rows.slice(0, domainsNamed).map((row) => `${row.domain} ${row.mails}`)
    const words = maskAddresses(oneLine(rows[0]?.words ?? '')).slice(0, 200)
    const what = kind === 'ours' ? 'for a fault of our mail or set-up' : 'for policy'
    return [
      {
        cause: `returned:${kind}`,
        text: `${mails} mails came back ${what} in 24 hours (${domains.join(', ')}); last: ${words}`,
      },
    ]
  })
}
