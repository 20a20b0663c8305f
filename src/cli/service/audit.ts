/** `daily-papers audit`: shows who changed what, and checks that the log was not tampered with. */
import type { CommandModule } from 'yargs'
import { listAudit, verifyAudit } from '../../operations/audit.js'
import { table } from '../shell/output.js'
import { type Common, type Shell, UsageError } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

export const auditCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs.command(listCommand(shell)).command(verifyCommand(shell)).demandCommand(1, 'audit list or verify?'),
  handler: () => {},
})

const listCommand = (shell: Shell): CommandModule<Common, Common & { limit: number }> => ({
  command: 'list',
  describe: 'The latest entries, the newest first',
  builder: (yargs) => yargs.option('limit', { type: 'number', default: 50, describe: 'How many' }),
  handler: ({ limit }) =>
    withServices(shell, async ({ db }) => {
      const entries = await listAudit(db, { limit })
      const rows = entries.map((entry) => [
        entry.id,
        entry.at.toISOString(),
        entry.whoName ? `${entry.whoName} (${entry.who})` : entry.who,
        entry.action,
        entry.targetName ? `${entry.targetName} (${entry.target})` : entry.target,
        entry.why,
      ])
      shell.output.result(entries, table(['id', 'at', 'who', 'action', 'target', 'why'], rows))
    }),
})

const verifyCommand = (shell: Shell): CommandModule<Common, Common & { head: string | undefined }> => ({
  command: 'verify',
  describe: 'Recompute the chain of hashes; ends with 1 when an entry was changed or is missing',
  builder: (yargs) =>
    yargs.option('head', {
      type: 'string',
      describe: 'A head that was kept elsewhere: ends with 1 when the log lacks it',
    }),
  handler: ({ head }) =>
    withServices(shell, async ({ db }) => {
      if (head !== undefined && !/^[0-9a-f]{64}$/.test(head))
        throw new UsageError('--head takes what audit verify printed as the head: 64 hexadecimal digits')
      const verdict = await db.transaction('bulk', (tx) => verifyAudit(tx, head ?? null))
      if (verdict.brokenAt || verdict.lacksKept) shell.status = 1
      const finding = verdict.brokenAt
        ? `The log was tampered with: entry ${verdict.brokenAt} was changed, or one before it is missing.`
        : `All ${verdict.entries} entries hold. Head: ${verdict.head ?? 'none yet'}`
      const { redacted } = verdict
      const lost =
        redacted.length === 0 ? [] : [`Erased addresses were taken out of: ${redacted.join(', ')}.`]
      const lacks = 'The head that was kept is no entry of this log: it was put back to an earlier state.'
      shell.output.result(verdict, verdict.lacksKept ? [finding, ...lost, lacks] : [finding, ...lost])
    }),
})
