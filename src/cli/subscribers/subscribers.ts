/** `daily-papers subscribers`: takes readers from a file and gives them out as one. */
import { pipeline } from 'node:stream/promises'
import type { CommandModule } from 'yargs'
import { exportAsJson, exportSubscribers } from '../../subscribers/import/export.js'
import { subscribersExported, writeAudit } from '../../operations/audit.js'
import { cliAuthor } from '../shell/author.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { importCommand } from './import.js'
import {
  addCommand,
  eraseCommand,
  listCommand,
  showCommand,
  suppressCommand,
  unsubscribeCommand,
} from './subscriber-steps.js'
import { withServices } from '../shell/with-services.js'

export const subscribersCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs
      .command(importCommand(shell))
      .command(exportCommand(shell))
      .command(listCommand(shell))
      .command(showCommand(shell))
      .command(addCommand(shell))
      .command(unsubscribeCommand(shell))
      .command(suppressCommand(shell))
      .command(eraseCommand(shell))
      .demandCommand(1, 'Which step? See: daily-papers subscribers --help'),
  handler: () => {},
})

const exportCommand = (shell: Shell): CommandModule<Common, Common & { reason: string | undefined }> => ({
  command: 'export',
  describe: 'Print all subscribers as CSV, which an import reads back, or with --json as an array',
  builder: (yargs) => yargs.option('reason', { type: 'string', describe: 'Why, for the audit log' }),
  handler: ({ reason }) =>
    withServices(shell, async ({ db, clock }) => {
      const author = cliAuthor(reason ?? null)
      await db.transaction('request', (tx) => writeAudit(tx, clock, author, subscribersExported))
      const rows = shell.output.json ? exportAsJson(db) : exportSubscribers(db)
      await pipeline(rows, process.stdout, { end: false })
    }),
})
