/** `daily-papers settings`: bounds of the gates, and where alerts go. */
import type { CommandModule } from 'yargs'
import { Value } from 'typebox/value'
import {
  eventTypes,
  readSettings,
  type Settings,
  settingsSchema,
  usualParts,
  writeSettings,
} from '../../operations/settings.js'
import { checkAddress } from '../../subscribers/address.js'
import { cliAuthor } from '../shell/author.js'
import { type Common, type Shell, UsageError } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

export const settingsCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs.command(showCommand(shell)).command(setCommand(shell)).demandCommand(1, 'settings show or set?'),
  handler: () => {},
})

const showCommand = (shell: Shell): CommandModule<Common, Common> => ({
  command: 'show',
  describe: 'All settings',
  handler: () =>
    withServices(shell, async ({ db }) => {
      const settings = await readSettings(db)
      shell.output.result(settings, linesOf(settings))
    }),
})

type Set = Common & { name: string; value: string; reason: string | undefined }

const setCommand = (shell: Shell): CommandModule<Common, Set> => ({
  command: 'set <name> <value>',
  describe: 'Set one of them',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true, describe: 'As settings show names it' })
      .positional('value', {
        type: 'string',
        demandOption: true,
        describe: 'A number, or a list with commas',
      })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' })
      .example('$0 settings set alerts.emails ops@example.org,me@example.org', '')
      .example('$0 settings set gates.sameShare 0.4', '')
      .example('$0 settings set events.webhooks "https://example.org/hook subscriber.left edition.sent"', ''),
  handler: ({ name, value, reason }) =>
    withServices(shell, async ({ db, clock }) => {
      const changed = withValue(await readSettings(db), name, value)
      for (const email of changed.alerts.emails) checkAddress(email)
      const author = cliAuthor(reason ?? null)
      await db.transaction('request', (tx) => writeSettings(tx, clock, changed, author, () => {}))
      shell.output.result(changed, linesOf(changed))
    }),
})

/** @throws UsageError for a name that there is not, or a value out of its bounds. */
function withValue(settings: Settings, name: string, value: string): Settings {
  const changed: Record<string, Record<string, unknown>> = structuredClone({ ...usualParts, ...settings })
  const [part = '', field = ''] = name.split('.')
  const before = changed[part]?.[field]
  if (before === undefined)
    throw new UsageError(`There is no setting ${name}. See: daily-papers settings show`)
  changed[part] = { ...changed[part], [field]: read(name, value, before) }
  if (Value.Check(settingsSchema, changed)) return changed
  throw new UsageError(`${value} is out of bounds for ${name}`)
}

/** As the setting was: a list, a yes or no, or a number. */
function read(name: string, value: string, before: unknown): unknown {
  const list = value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (name === 'events.webhooks') return list.map(eventWebhook)
  if (Array.isArray(before)) return list
  if (typeof before === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  return Number(value)
}

/** A URL and the events that it is told of, all where none is named. */
function eventWebhook(text: string) {
  const [url, ...types] = text.split(/\s+/)
  return { url, types: types.length > 0 ? types : eventTypes }
}

function linesOf(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([part, fields]) =>
    Object.entries(fields).map(
      ([name, value]) => `${part}.${name} = ${[value].flat().map(inWords).join(',')}`,
    ),
  )
}

const inWords = (value: unknown): string =>
  typeof value === 'object' && value !== null ? Object.values(value).flat().join(' ') : String(value)
