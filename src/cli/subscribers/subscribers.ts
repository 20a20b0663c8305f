/** `daily-papers subscribers`: takes readers from a file and gives them out as one. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { CommandModule } from 'yargs'
import { messageOf, Problem } from '../../errors.js'
import { exportAsJson, exportSubscribers } from '../../subscribers/import/export.js'
import { type ImportReport, importSubscribers } from '../../subscribers/import/import.js'
import { subscribersExported, writeAudit } from '../../operations/audit.js'
import { cliAuthor } from '../shell/author.js'
import type { Common, Shell } from '../shell/shell.js'
import {
  addCommand,
  eraseCommand,
  listCommand,
  showCommand,
  suppressCommand,
  unsubscribeCommand,
} from './subscriber-steps.js'
import { withServices } from '../shell/with-services.js'

export const subscribersCommand = (shell: Shell): CommandModule<Common, Common> => ({
  command: 'subscribers',
  describe: 'Import, export, find, add, unsubscribe, suppress and erase subscribers',
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

type Import = Common & { file: string; confirm: boolean; 'dry-run': boolean }

const importCommand = (shell: Shell): CommandModule<Common, Import> => ({
  command: 'import <file>',
  describe: 'Take subscribers from a CSV with a header row: email, status, frequency, timezone, source',
  builder: (yargs) =>
    yargs
      .positional('file', { type: 'string', demandOption: true, describe: 'The CSV file' })
      .option('confirm', {
        type: 'boolean',
        default: false,
        describe: 'Mail confirmations instead of vouching for consent',
      })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'Count and report, and change nothing',
      })
      .example('$0 subscribers import readers.csv', 'you vouch that all of them asked for it'),
  handler: ({ file, confirm, 'dry-run': dryRun }) => {
    return withServices(shell, async (services) => {
      const progress = shell.output.progress('bytes read', await sizeOf(file))
      const csv = createReadStream(file)
      const faults: { line: number; reason: string }[] = []
      try {
        const report = await importSubscribers(services, csv, {
          confirm,
          dryRun,
          onFault: (line, reason) => void (faults.length < mostFaults && faults.push({ line, reason })),
          onProgress: () => progress.at(csv.bytesRead),
        })
        progress.end()
        if (report.refused > 0) shell.status = 1
        shell.output.result({ ...report, faults }, describe(report, faults))
      } finally {
        csv.destroy()
      }
    })
  },
})

// A file of another kind altogether should not flood the terminal.
const mostFaults = 1000

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

async function sizeOf(file: string): Promise<number> {
  try {
    const { size } = await stat(file)
    return size
  } catch (error) {
    throw new Problem('not-found', `The file cannot be read: ${messageOf(error)}`)
  }
}

function describe(report: ImportReport, faults: { line: number; reason: string }[]): string[] {
  const { rows, added, changed, unchanged, suppressed, refused } = report
  const untold = suppressed + refused - faults.length
  return [
    ...faults.map(({ line, reason }) => `line ${line}: ${reason}`),
    ...(untold > 0 ? [`and ${untold} more`] : []),
    `${rows} lines: ${added} added, ${changed} changed, ${unchanged} unchanged, ${suppressed} suppressed, ${refused} refused`,
  ]
}
