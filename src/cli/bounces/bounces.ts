/** `daily-papers bounces`: what came back, and what it means. */
import { open } from 'node:fs/promises'
import type { CommandModule } from 'yargs'
import { messageOf, Problem } from '../../errors.js'
import { bytesRead } from '../../inbound/opening/bounds.js'
import { type Reading, readReturn } from '../../inbound/reading/read.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { figuresCommand } from './figures.js'
import { listCommand, showCommand, undoCommand, unsubscribeCommand } from './verdicts.js'

export const bouncesCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs
      .command(readCommand(shell))
      .command(listCommand(shell))
      .command(showCommand(shell))
      .command(undoCommand(shell))
      .command(unsubscribeCommand(shell))
      .command(figuresCommand(shell))
      .demandCommand(1, 'bounces read, list, show, undo, unsubscribe or figures?'),
  handler: () => {},
})

type FileReading = { file: string } & Pick<Reading, 'kind' | 'recipients'>

const readCommand = (shell: Shell): CommandModule<Common, Common & { files: string[] }> => ({
  command: 'read <files..>',
  describe: 'Say what mails mean: bounces, complaints, automatic replies; touches nothing, needs no database',
  builder: (yargs) =>
    yargs
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Mails as they came',
      })
      .example('$0 bounces read returned/*.eml --json', ''),
  handler: async ({ files }) => {
    const readings: FileReading[] = []
    for (const file of files) {
      const { kind, recipients } = await readReturn(await headOf(file))
      readings.push({ file, kind, recipients })
    }
    shell.output.result(
      readings,
      table(['file', 'kind', 'address', 'class', 'status', 'words'], rows(readings)),
    )
  },
})

/** As much of the file as is read anyway. */
async function headOf(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file)
    const { buffer, bytesRead: length } = await handle.read({ buffer: Buffer.alloc(bytesRead) })
    return buffer.subarray(0, length)
  } catch (error) {
    throw new Problem('invalid', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function rows(readings: FileReading[]): (string | null)[][] {
  return readings.flatMap(({ file, kind, recipients }) =>
    recipients.length === 0
      ? [[file, kind, null, null, null, null]]
      : recipients.map(({ address, class: verdict, status, code, words }) => [
          file,
          kind,
          address,
          verdict,
          status ?? code?.toString() ?? null,
          words.slice(0, 80),
        ]),
  )
}
