/** `daily-papers subscribers list`, `show`, `add`, `unsubscribe`, `suppress`, `erase`: one reader at a time. */
import type { Argv, CommandModule } from 'yargs'
import {
  addSubscriber,
  eraseByOperator,
  suppressSubscriber,
  unsubscribeByOperator,
} from '../../operations/subscribers/change.js'
import { inviteSubscriber } from '../../operations/subscribers/invite.js'
import { listSubscribers, type SubscriberRow } from '../../operations/subscribers/list.js'
import { findSubscriber, readHistory, readSubscriber } from '../../operations/subscribers/read.js'
import type { Queries } from '../../db/client.js'
import { type Frequency, frequencies, statuses } from '../../subscribers/subscriber.js'
import { cliAuthor } from '../shell/author.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'

type One = Common & { who: string; reason: string | undefined }

const one = (yargs: Argv<Common>): Argv<One> =>
  yargs
    .positional('who', {
      type: 'string',
      demandOption: true,
      describe: 'An address, or the number of a subscriber',
    })
    .option('reason', { type: 'string', describe: 'Why, for the audit log' })

/** @throws Problem `not-found` */
const find = (db: Queries, who: string): Promise<SubscriberRow> =>
  /^\d{1,9}$/.test(who) ? readSubscriber(db, Number(who)) : findSubscriber(db, who)

const lineOf = ({ id, email, status, frequency, suppressed }: SubscriberRow) =>
  `${id} ${email}: ${status}, ${frequency}${suppressed ? `, suppressed: ${suppressed}` : ''}`

export const listCommand = (
  shell: Shell,
): CommandModule<Common, Common & { q: string | undefined; status: string | undefined; limit: number }> => ({
  command: 'list [q]',
  describe: 'Find subscribers, the newest first',
  builder: (yargs) =>
    yargs
      .positional('q', { type: 'string', describe: 'Part of an address, or @domain' })
      .option('status', {
        choices: statuses,
        describe: 'Only those',
      })
      .option('limit', { type: 'number', default: 50, describe: 'How many' })
      .example('$0 subscribers list @example.org --status active', ''),
  handler: ({ q, status, limit }) =>
    withServices(shell, async ({ db }) => {
      const filter = { ...(q && { q }), ...(status && { status }), sort: '-createdAt', limit }
      const { items } = await listSubscribers(db, filter)
      const rows = items.map((row) => [
        row.id,
        row.email,
        row.status,
        row.frequency,
        row.source,
        row.suppressed,
      ])
      const head = ['id', 'email', 'status', 'frequency', 'source', 'suppressed']
      shell.output.result(items, items.length > 0 ? table(head, rows) : 'None is found.')
    }),
})

export const showCommand = (shell: Shell): CommandModule<Common, One> => ({
  command: 'show <who>',
  describe: 'One subscriber with everything that happened: mails, consents, changes',
  builder: one,
  handler: ({ who }) =>
    withServices(shell, async ({ db }) => {
      const row = await find(db, who)
      const history = await readHistory(db, row.id)
      const mails = history.mails.map((mail) => [
        mail.createdAt.toISOString(),
        mail.edition ?? mail.kind,
        mail.status,
        mail.reply ?? mail.reason,
      ])
      const consents = history.consents.map(({ at, action, source, text }) => [
        at.toISOString(),
        action,
        source,
        text,
      ])
      shell.output.result({ ...row, ...history }, [
        lineOf(row),
        ...(mails.length > 0 ? ['', ...table(['at', 'mail', 'status', 'what was said'], mails)] : []),
        ...(consents.length > 0 ? ['', ...table(['at', 'consent', 'source', 'text'], consents)] : []),
      ])
    }),
})

type Add = Common & {
  email: string
  confirm: boolean
  frequency: Frequency | undefined
  source: string | undefined
  reason: string | undefined
}

export const addCommand = (shell: Shell): CommandModule<Common, Add> => ({
  command: 'add <email>',
  describe: 'Add a subscriber: you vouch for consent, or a confirmation asks for it',
  builder: (yargs) =>
    yargs
      .positional('email', { type: 'string', demandOption: true, describe: 'The address' })
      .option('confirm', { type: 'boolean', default: false, describe: 'Mail a confirmation' })
      .option('frequency', { choices: frequencies, describe: 'How often' })
      .option('source', { type: 'string', describe: 'Where consent was given' })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' })
      .example('$0 subscribers add ada@example.org --source conference', ''),
  handler: ({ email, confirm, frequency, source, reason }) =>
    withServices(shell, async (services) => {
      const input = { email, ...(frequency && { frequency }), ...(source && { source }) }
      const author = cliAuthor(reason ?? null)
      if (!confirm) {
        const row = await addSubscriber(services, input, author)
        shell.output.result(row, lineOf(row))
        return
      }
      await inviteSubscriber(services, input, author)
      shell.output.result({ status: 'confirmation owed' }, 'A confirmation is owed; a worker sends it.')
    }),
})

const stepCommand =
  (command: string, describe: string, work: typeof unsubscribeByOperator) =>
  (shell: Shell): CommandModule<Common, One> => ({
    command: `${command} <who>`,
    describe,
    builder: one,
    handler: ({ who, reason }) =>
      withServices(shell, async (services) => {
        const { id } = await find(services.db, who)
        const author = cliAuthor(reason ?? null)
        const row = await services.db.transaction('request', (tx) => work(tx, services, id, author))
        shell.output.result(row, lineOf(row))
      }),
  })

export const unsubscribeCommand = stepCommand('unsubscribe', 'End a subscription', unsubscribeByOperator)
export const suppressCommand = stepCommand('suppress', 'Never mail this address again', suppressSubscriber)

export const eraseCommand = (shell: Shell): CommandModule<Common, One & { 'dry-run': boolean }> => ({
  command: 'erase <who>',
  describe: 'Erase a subscriber for good; the address stays suppressed by its hash',
  builder: (yargs) =>
    one(yargs).option('dry-run', { type: 'boolean', default: false, describe: 'Show who it would be' }),
  handler: ({ who, reason, 'dry-run': dryRun }) =>
    withServices(shell, async (services) => {
      const row = await find(services.db, who)
      if (!dryRun) await eraseByOperator(services, row.id, cliAuthor(reason ?? null))
      const { id } = row
      shell.output.result({ id, erased: !dryRun }, dryRun ? `Would erase ${lineOf(row)}` : `${id} is erased.`)
    }),
})
