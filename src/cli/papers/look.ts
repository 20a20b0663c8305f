/** `daily-papers papers look`: looks at the source for a day again. */
import type { CommandModule } from 'yargs'
import { lookAgain } from '../../operations/papers/look.js'
import { cliAuthor } from '../shell/author.js'
import { describeLook } from './ingest.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { type Because, because, type OnDay, onDay } from './options.js'

export const lookCommand = (shell: Shell): CommandModule<Common, OnDay & Because> => ({
  command: 'look',
  describe: 'Look at the source for a day now, as ingest does, with a row in the audit log',
  builder: (yargs) => because(onDay(yargs)),
  handler: ({ date, reason }) =>
    withServices(shell, async (services) => {
      const report = await lookAgain(services, date, cliAuthor(reason ?? null))
      if (report.outcome === 'failed') shell.status = 1
      shell.output.result(report, describeLook(report))
    }),
})
