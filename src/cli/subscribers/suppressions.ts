/** `daily-papers suppressions`: addresses that must not be mailed. */
import type { CommandModule } from 'yargs'
import { liftAddress, listSuppressions, suppressAddress } from '../../operations/suppressions.js'
import { cliAuthor } from '../shell/author.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

export const suppressionsCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs
      .command(listCommand(shell))
      .command(addCommand(shell))
      .command(liftCommand(shell))
      .demandCommand(1, 'suppressions list, add or lift?'),
  handler: () => {},
})

type List = Common & { q: string | undefined; limit: number }

const listCommand = (shell: Shell): CommandModule<Common, List> => ({
  command: 'list [q]',
  describe: 'Addresses that must not be mailed, the newest first',
  builder: (yargs) =>
    yargs
      .positional('q', { type: 'string', describe: 'Part of an address' })
      .option('limit', { type: 'number', default: 50, describe: 'How many' }),
  handler: ({ q, limit }) =>
    withServices(shell, async ({ db }) => {
      const { items } = await listSuppressions(db, { ...(q && { q }), limit })
      const rows = items.map((row) => [
        row.email ?? '(erased)',
        row.reason,
        row.detail,
        row.createdAt.toISOString(),
      ])
      const lines = table(['email', 'reason', 'detail', 'since'], rows)
      shell.output.result(items, items.length > 0 ? lines : 'No address is suppressed.')
    }),
})

type Change = Common & { email: string; reason: string | undefined }

const changeCommand =
  (command: string, describe: string, work: typeof suppressAddress, done: string) =>
  (shell: Shell): CommandModule<Common, Change> => ({
    command: `${command} <email>`,
    describe,
    builder: (yargs) =>
      yargs
        .positional('email', { type: 'string', demandOption: true, describe: 'The address' })
        .option('reason', { type: 'string', describe: 'Why, for the audit log' })
        .example(`$0 suppressions ${command} ada@example.org --reason "asked by letter"`, ''),
    handler: ({ email, reason }) =>
      withServices(shell, async (services) => {
        const author = cliAuthor(reason ?? null)
        await services.db.transaction('request', (tx) => work(tx, services, email, author))
        shell.output.result({ status: done }, `${email} is ${done}.`)
      }),
  })

const addCommand = changeCommand('add', 'Never mail this address again', suppressAddress, 'suppressed')
const liftCommand = changeCommand('lift', 'Let it be mailed again; takes a reason', liftAddress, 'lifted')
