/** `daily-papers bounces figures`: what came back over days, and complaints by domain. */
import type { CommandModule } from 'yargs'
import { complaintRates, returnsByDay, returnsByRelay } from '../../operations/figures/returns.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'

export const figuresCommand = (shell: Shell): CommandModule<Common, Common & { days: number }> => ({
  command: 'figures',
  describe: 'What came back over days, and complaints by domain against 0.1 and 0.3 %',
  builder: (yargs) => yargs.option('days', { type: 'number', default: 7, describe: 'How many, up to 90' }),
  handler: ({ days: asked }) =>
    withServices(shell, async ({ db, clock }) => {
      const days = Math.min(90, Math.max(1, Math.floor(asked) || 1))
      const now = clock.now()
      const figures = {
        days: await returnsByDay(db, days, now),
        domains: await complaintRates(db, days, now),
        relays: await returnsByRelay(db, days, now),
      }
      const rates = figures.domains.map((one) => [
        one.domain,
        String(one.accepted),
        String(one.bounced),
        String(one.complaints),
        one.share === null ? null : `${(100 * one.share).toFixed(2)} %`,
        one.level,
      ])
      shell.output.result(
        figures,
        table(['domain', 'accepted', 'bounced', 'complaints', 'share', 'level'], rates),
      )
    }),
})
