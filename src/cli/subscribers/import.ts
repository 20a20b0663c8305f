/** `daily-papers subscribers import`: takes readers from a file, our own or another service's. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Argv, CommandModule } from 'yargs'
import { messageOf, Problem } from '../../errors.js'
import { beginImport, runImport } from '../../operations/import/import.js'
import type { ImportReport } from '../../subscribers/import/import.js'
import { type ColumnNames, importFields } from '../../subscribers/import/reading/columns.js'
import { cliAuthor } from '../shell/author.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'

type Import = Common & {
  file: string
  confirm: boolean
  'dry-run': boolean
  source: string | undefined
  reason: string | undefined
  'ignore-column': string[]
} & { [K in `${string}-column`]?: unknown }

export const importCommand = (shell: Shell): CommandModule<Common, Import> => ({
  command: 'import <file>',
  describe: 'Take subscribers from a CSV: ours, or one of Ghost, Substack, Mailchimp, Buttondown and others',
  builder,
  handler: (options) =>
    withServices(shell, async (services) => {
      const { file, confirm, 'dry-run': dryRun, source = null, reason = null } = options
      const size = await sizeOf(file)
      const progress = shell.output.progress('bytes read', size)
      const csv = createReadStream(file)
      const faults: Fault[] = []
      let report: ImportReport | undefined
      let reading = ''
      const author = cliAuthor(reason)
      const settings = {
        confirm,
        dryRun,
        source,
        columns: columnsOf(options),
        ignored: options['ignore-column'],
      }
      try {
        const id = await beginImport(services, settings, author)
        const run = await runImport(services, id, csv, settings, author, {
          onReading: (text) => {
            reading = text
            shell.output.remark(`read as ${text}`)
          },
          onFault: (line, why) => void (faults.length < mostFaults && faults.push({ line, reason: why })),
          onProgress: (now) => {
            report = now
            progress.at(csv.bytesRead)
          },
        })
        progress.end()
        if (!report || run.fault) throw new Problem('invalid', run.fault ?? 'Nothing was read.')
        if (report.refused > 0) shell.status = 1
        shell.output.result({ ...report, reading, faults }, describe(report, faults))
      } finally {
        csv.destroy()
      }
    }),
})

function builder(yargs: Argv<Common>): Argv<Import> {
  const named = importFields.reduce(
    (all, field) =>
      all.option(`${field}-column`, {
        type: 'string',
        describe: `The header of the column with the ${field}`,
      }),
    yargs,
  )
  return named
    .positional('file', { type: 'string', demandOption: true, describe: 'The CSV file' })
    .option('confirm', {
      type: 'boolean',
      default: false,
      describe: 'Mail confirmations instead of vouching for consent',
    })
    .option('dry-run', { type: 'boolean', default: false, describe: 'Count and report, and change nothing' })
    .option('source', { type: 'string', describe: 'Where consent was given, for lines that do not say' })
    .option('reason', { type: 'string', describe: 'Why, for the audit log' })
    .option('ignore-column', {
      type: 'string',
      array: true,
      default: [],
      describe: 'A column to pass over that sounds as if it said who wants no mail',
    })
    .example('$0 subscribers import readers.csv', 'you vouch that all of them asked for it')
    .example('$0 subscribers import old.csv --email-column Address --source conference', '')
}

function columnsOf(options: Import): ColumnNames {
  const given = importFields.map((field) => [field, options[`${field}-column`]])
  return Object.fromEntries(given.filter(([, header]) => header !== undefined)) as ColumnNames
}

// A file of another kind altogether should not flood the terminal.
const mostFaults = 1000

type Fault = { line: number; reason: string }

async function sizeOf(file: string): Promise<number> {
  try {
    const { size } = await stat(file)
    return size
  } catch (error) {
    throw new Problem('not-found', `The file cannot be read: ${messageOf(error)}`)
  }
}

function describe(report: ImportReport, faults: Fault[]): string[] {
  const { rows, added, changed, unchanged, suppressed, refused } = report
  const untold = suppressed + refused - faults.length
  return [
    ...faults.map(({ line, reason }) => `line ${line}: ${reason}`),
    ...(untold > 0 ? [`and ${untold} more`] : []),
    `${rows} lines: ${added} added, ${changed} changed, ${unchanged} unchanged, ${suppressed} suppressed, ${refused} refused`,
  ]
}
