/** Workers whose machine's clock is far from the database's: mails go out in time, but logs and certificates suffer. */
import type { Tx } from '../../db/client.js'
import { bigint, present, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { isAlive } from '../../mail/alive-workers.js'
import type { Services } from '../../services.js'

/** Further off than any network or pause of the process explains. */
const mostOffMs = 30_000

const offClocks = statement({
  text: `SELECT name, clock_off_ms AS off FROM worker
    WHERE abs(clock_off_ms) > ${mostOffMs} AND ${isAlive('$1')} ORDER BY name`,
  parameters: [timestamptz],
  columns: { name: text, off: present(bigint) },
})

export async function wrongClocks(
  tx: Tx,
  { clock }: Pick<Services, 'clock'>,
): Promise<{ cause: string; text: string }[]> {
  const workers = await tx.run(offClocks, [clock.now()])
  return workers.map(({ name, off }) => ({
    cause: `clock-off:${name}`,
    text: `The clock of the worker ${name} is ${inWords(Math.abs(Number(off)))} ${Number(off) > 0 ? 'fast' : 'slow'}. Mails still go out in time, by the database's clock, but logs and certificates suffer: set the machine's clock, and see that NTP runs.`,
  }))
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (ms < 90_000) return `${Math.round(ms / 1_000)} seconds`
  if (minutes < 120) return `${minutes} minutes`
  return `${Math.round(minutes / 60)} hours`
}
