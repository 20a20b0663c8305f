/** `daily-papers alerts`: what needs somebody, whether it was told, and the secrets of webhooks. */
import type { CommandModule } from 'yargs'
import { listAlerts } from '../../operations/alerts/store.js'
import { testAlert } from '../../operations/alerts/try.js'
import { rotateSecret, showSecret } from '../../operations/webhooks/webhook-secret.js'
import { cliAuthor } from '../shell/author.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

export const alertsCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs
      .command(listCommand(shell))
      .command(testCommand(shell))
      .command(secretCommand(shell))
      .demandCommand(1, 'alerts list, test or secret?'),
  handler: () => {},
})

const listCommand = (shell: Shell): CommandModule<Common, Common & { all: boolean }> => ({
  command: 'list',
  describe: 'Open alerts and whether they arrived; ends with 1 when there are any',
  builder: (yargs) =>
    yargs.option('all', { type: 'boolean', default: false, describe: 'Those that are over too' }),
  handler: ({ all }) =>
    withServices(shell, async ({ db }) => {
      const { items } = await listAlerts(db, { before: null, limit: 50, ...(!all && { open: true }) })
      if (items.some(({ clearedAt }) => clearedAt === null)) shell.status = 1
      const rows = items.map(({ at, kind, text, sends }) => [
        at.toISOString(),
        kind,
        text,
        sends.map(({ place, status }) => `${place} ${status}`).join(', ') || null,
      ])
      shell.output.result(
        items,
        items.length > 0 ? table(['at', 'kind', 'what', 'told'], rows) : 'All is well.',
      )
    }),
})

type Reason = Common & { reason: string | undefined }

const testCommand = (shell: Shell): CommandModule<Common, Reason> => ({
  command: 'test',
  describe: 'Tell every place that alerts go to that this is a test',
  builder: (yargs) => yargs.option('reason', { type: 'string', describe: 'Why, for the audit log' }),
  handler: ({ reason }) =>
    withServices(shell, async (services) => {
      const raised = await testAlert(services, cliAuthor(reason ?? null))
      const line = `Owed to ${raised.emails} addresses and ${raised.webhooks} webhooks; see: daily-papers alerts list --all`
      shell.output.result(raised, line)
    }),
})

type Secret = Reason & { url: string; rotate: boolean; grace: number }

const secretCommand = (shell: Shell): CommandModule<Common, Secret> => ({
  command: 'secret <url>',
  describe: 'Print what the receiver of a webhook checks our signatures with',
  builder: (yargs) =>
    yargs
      .positional('url', { type: 'string', demandOption: true, describe: 'As the settings have it' })
      .option('rotate', { type: 'boolean', default: false, describe: 'Make a new one' })
      .option('grace', {
        type: 'number',
        default: 86_400,
        describe: 'Seconds for which the old one signs too',
      })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' })
      .example('$0 alerts secret https://ops.example.org/hook --rotate', ''),
  handler: ({ url, rotate, grace, reason }) =>
    withServices(shell, async (services) => {
      const author = cliAuthor(reason ?? null)
      const secret = await services.db.transaction('request', (tx) =>
        rotate ? rotateSecret(tx, services, url, grace, author) : showSecret(tx, services, url, author),
      )
      shell.output.result({ url, secret }, secret)
    }),
})
