/** `daily-papers events`: what webhooks were told of readers and editions, and telling it again. */
import type { CommandModule } from 'yargs'
import { columnValues } from '../../db/queries/columns.js'
import { type EventStatus, listEvents, replayEvents } from '../../operations/webhooks/events.js'
import { cliAuthor } from '../shell/author.js'
import type { Loaded } from '../shell/lazy.js'
import { table } from '../shell/output.js'
import { type Common, type Shell, UsageError } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'

export const eventsCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs
      .command(listCommand(shell))
      .command(replayCommand(shell))
      .demandCommand(1, 'events list or replay?'),
  handler: () => {},
})

type List = Common & { status: EventStatus | undefined; limit: number }

const listCommand = (shell: Shell): CommandModule<Common, List> => ({
  command: 'list',
  describe: 'The latest events and whether webhooks took them',
  builder: (yargs) =>
    yargs
      .option('status', { choices: columnValues.eventSend.status, describe: 'Of the call of one webhook' })
      .option('limit', { type: 'number', default: 50, describe: 'How many' }),
  handler: ({ status, limit }) =>
    withServices(shell, async ({ db }) => {
      const { items } = await listEvents(db, { status, before: null, limit })
      const rows = items.map(({ id, at, type, sends }) => [
        id,
        at.toISOString(),
        type,
        sends.map(({ place, status: state }) => `${new URL(place).host} ${state}`).join(', ') || null,
      ])
      const none = 'There is no event. Webhooks that are told of some stand in the settings.'
      shell.output.result(items, items.length > 0 ? table(['number', 'at', 'what', 'told'], rows) : none)
    }),
})

type Replay = Common & {
  id: string | undefined
  since: string | undefined
  until: string | undefined
  all: boolean
  reason: string | undefined
}

const replayCommand = (shell: Shell): CommandModule<Common, Replay> => ({
  command: 'replay [id]',
  describe: 'Tell webhooks again: of one event, or of those since a time that none took',
  builder: (yargs) =>
    yargs
      .positional('id', { type: 'string', describe: 'Its number' })
      .option('since', { type: 'string', describe: 'From this time on, such as 2026-08-04T09:00:00Z' })
      .option('until', { type: 'string', describe: 'Up to this time' })
      .option('all', { type: 'boolean', default: false, describe: 'Those too that were taken' })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' })
      .example('$0 events replay --since 2026-08-04T09:00:00Z', 'those that were given up'),
  handler: ({ id, since, until, all, reason }) =>
    withServices(shell, async ({ db, clock }) => {
      if ((id === undefined) === (since === undefined)) throw new UsageError('Give a number, or --since.')
      if (id !== undefined && !/^[1-9]\d{0,17}$/.test(id))
        throw new UsageError(`${id} is no number of an event`)
      const which =
        id === undefined
          ? { since: instant(since), until: until === undefined ? undefined : instant(until), givenUp: !all }
          : { id, givenUp: false }
      const calls = await db.transaction('bulk', (tx) =>
        replayEvents(tx, clock, which, cliAuthor(reason ?? null)),
      )
      shell.output.result({ calls }, `${calls} calls are due again; see: daily-papers events list`)
    }),
})

/** @throws UsageError for what is no time. */
function instant(text = ''): Date {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw new UsageError(`${text} is no time; write it as 2026-08-04T09:00:00Z`)
  return at
}
