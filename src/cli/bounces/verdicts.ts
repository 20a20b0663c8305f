/** `daily-papers bounces list`, `show` and `undo`: what came back was judged to mean, and taking it back. */
import type { CommandModule } from 'yargs'
import { columnValues, type ColumnValue } from '../../db/queries/columns.js'
import { Problem } from '../../errors.js'
import { leaveByReply, listVerdicts, readVerdict, undo, type VerdictRow } from '../../operations/bounces.js'
import { cliAuthor } from '../shell/author.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'

type Filter = {
  domain: string | undefined
  class: ColumnValue<'verdict', 'class'> | undefined
  kind: ColumnValue<'verdict', 'kind'> | undefined
}

const filters = {
  domain: { type: 'string', describe: 'Of that recipient domain' },
  class: { choices: columnValues.verdict.class, describe: 'Of that class' },
  kind: { choices: columnValues.verdict.kind, describe: 'Of that kind' },
} as const

export const listCommand = (shell: Shell): CommandModule<Common, Common & Filter & { limit: number }> => ({
  command: 'list',
  describe: 'What came back and what it did, the newest first',
  builder: (yargs) =>
    yargs.options(filters).option('limit', { type: 'number', default: 50, describe: 'How many' }),
  handler: ({ domain, class: verdict, kind, limit }) =>
    withServices(shell, async ({ db }) => {
      const { items } = await listVerdicts(db, { domain, class: verdict, kind, limit })
      const lines = table(['id', 'when', 'reader', 'what', 'status', 'effect'], items.map(lineOf))
      shell.output.result(items, items.length > 0 ? lines : 'Nothing came back.')
    }),
})

const lineOf = (row: VerdictRow): (string | null)[] => [
  row.id,
  row.at.toISOString(),
  row.email ?? row.domain,
  row.class ?? row.kind,
  row.status ?? row.code?.toString() ?? null,
  row.undoneAt ? 'undone' : row.effect,
]

export const showCommand = (shell: Shell): CommandModule<Common, Common & { id: string }> => ({
  command: 'show <id>',
  describe: 'One verdict with the words that decided',
  builder: (yargs) => yargs.positional('id', { type: 'string', demandOption: true, describe: 'Its number' }),
  handler: ({ id }) =>
    withServices(shell, async ({ db }) => {
      const row = await readVerdict(db, checkedId(id))
      shell.output.result(row, `${lineOf(row).filter(Boolean).join('  ')}\n${row.words ?? ''}`)
    }),
})

type Undo = Common &
  Filter & { id: string | undefined; since: string | undefined; reason: string | undefined }

export const undoCommand = (shell: Shell): CommandModule<Common, Undo> => ({
  command: 'undo [id]',
  describe: 'Take verdicts back with what they did; takes a reason',
  builder: (yargs) =>
    yargs
      .positional('id', { type: 'string', describe: 'One of them' })
      .options(filters)
      .option('since', { type: 'string', describe: 'Since that time, RFC 3339' })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' })
      .example(
        '$0 bounces undo --domain outlook.com --since 2026-08-04T09:00:00Z --reason "their fault"',
        '',
      ),
  handler: ({ id, domain, class: verdict, kind, since, reason }) =>
    withServices(shell, async ({ db, clock }) => {
      const which = {
        ...(id !== undefined && { id: checkedId(id) }),
        domain: domain?.toLowerCase(),
        class: verdict,
        kind,
        since: since === undefined ? undefined : checkedTime(since),
      }
      const author = cliAuthor(reason ?? null)
      const done = await db.transaction('bulk', (tx) => undo(tx, clock, which, author))
      shell.output.result(done, `${done.undone} undone.`)
    }),
})

export const unsubscribeCommand = (
  shell: Shell,
): CommandModule<Common, Common & { reply: string; reason: string | undefined }> => ({
  command: 'unsubscribe <reply>',
  describe: 'Unsubscribe the reader who asks for it in a reply, by its number among those not placed',
  builder: (yargs) =>
    yargs
      .positional('reply', { type: 'string', demandOption: true, describe: 'Its number' })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' }),
  handler: ({ reply, reason }) =>
    withServices(shell, async (services) => {
      const author = cliAuthor(reason ?? null)
      const done = await services.db.transaction('request', (tx) =>
        leaveByReply(tx, services, checkedId(reply), author),
      )
      shell.output.result(done, `Reader ${done.subscriberId} is unsubscribed.`)
    }),
})

function checkedId(id: string): string {
  if (/^\d{1,18}$/.test(id)) return id
  throw new Problem('invalid', 'A verdict is named by its number.')
}

function checkedTime(text: string): Date {
  const at = new Date(text)
  if (!Number.isNaN(at.getTime())) return at
  throw new Problem('invalid', `${text} is no time; write it as 2026-08-04T09:00:00Z.`)
}
