/** `daily-papers keys`: lets operators' programs in and shuts them out. */
import type { Argv, CommandModule } from 'yargs'
import { createKey, type KeyInfo, listKeys, revokeKey, rotateKey } from '../../operations/keys/keys.js'
import { type GrantedScope, isGrantedScope, scopes } from '../../operations/keys/scopes.js'
import { cliAuthor } from '../shell/author.js'
import { table } from '../shell/output.js'
import { type Common, type Shell, UsageError } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

export const keysCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs
      .command(createCommand(shell))
      .command(listCommand(shell))
      .command(rotateCommand(shell))
      .command(revokeCommand(shell))
      .demandCommand(1, 'keys create, list, rotate or revoke?'),
  handler: () => {},
})

type Create = Common & { name: string; scopes: string[]; expires: string | undefined }

const createCommand = (shell: Shell): CommandModule<Common, Create> => ({
  command: 'create',
  describe: 'Make a key and print it, for the only time',
  builder: (yargs) =>
    yargs
      .option('name', { type: 'string', demandOption: true, describe: 'What the key is for' })
      .option('scopes', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: `What it may do, comma-separated: *, ${scopes.join(', ')}`,
      })
      .option('expires', { type: 'string', describe: 'When it ends, such as 2027-01-31' })
      .example('$0 keys create --name nightly --scopes papers:read,editions:read', ''),
  handler: ({ name, scopes, expires }) =>
    withServices(shell, async ({ db, clock }) => {
      const input = { name, scopes: readScopes(scopes), expiresAt: readExpiry(expires) }
      printNew(shell, await db.transaction('request', (tx) => createKey(tx, clock, input, cliAuthor())))
    }),
})

const listCommand = (shell: Shell): CommandModule<Common, Common> => ({
  command: 'list',
  describe: 'List all keys, masked',
  handler: () =>
    withServices(shell, async ({ db, clock }) => {
      const keys = await listKeys(db, clock)
      const head = ['id', 'name', 'scopes', 'state', 'last used', 'expires']
      const rows = keys.map((key) => [
        key.id,
        key.name,
        key.scopes.join(','),
        key.state,
        moment(key.lastUsedAt),
        moment(key.expiresAt),
      ])
      shell.output.result(keys, keys.length > 0 ? table(head, rows) : 'There are no keys.')
    }),
})

const rotateCommand = (shell: Shell): CommandModule<Common, Common & { id: string; grace: number }> => ({
  command: 'rotate <id>',
  describe: 'Make a key that takes over from another, which stays valid for a while',
  builder: (yargs) =>
    withId(yargs).option('grace', {
      type: 'number',
      default: 86_400,
      describe: 'Seconds for which the old key stays valid',
    }),
  handler: ({ id, grace }) =>
    withServices(shell, async ({ db, clock }) => {
      printNew(shell, await db.transaction('request', (tx) => rotateKey(tx, clock, id, grace, cliAuthor())))
    }),
})

const revokeCommand = (shell: Shell): CommandModule<Common, Common & { id: string }> => ({
  command: 'revoke <id>',
  describe: 'End a key at once',
  builder: (yargs) => withId(yargs),
  handler: ({ id }) =>
    withServices(shell, async ({ db, clock }) => {
      const info = await db.transaction('request', (tx) => revokeKey(tx, clock, id, cliAuthor()))
      shell.output.result(info, `${info.masked} (${info.name}) is revoked.`)
    }),
})

const withId = (yargs: Argv<Common>) =>
  yargs.positional('id', {
    type: 'string',
    demandOption: true,
    describe: 'The key’s id, as keys list shows it',
  })

function printNew(shell: Shell, made: { key: string; info: KeyInfo }): void {
  shell.output.result({ key: made.key, ...made.info }, [
    made.key,
    `This is key ${made.info.id} (${made.info.name}). Keep it now: it is not shown again.`,
  ])
}

function readScopes(given: string[]): GrantedScope[] {
  const wanted = given.flatMap((part) => part.split(',')).map((scope) => scope.trim())
  const unknown = wanted.filter((scope) => !isGrantedScope(scope))
  if (unknown.length > 0) {
    throw new UsageError(`Unknown scopes: ${unknown.join(', ')}. There are *, ${scopes.join(', ')}.`)
  }
  return wanted.filter(isGrantedScope)
}

function readExpiry(given: string | undefined): Date | null {
  if (given === undefined) return null
  const at = new Date(given)
  if (Number.isNaN(at.getTime())) throw new UsageError('--expires must be a date such as 2027-01-31')
  return at
}

const moment = (at: Date | null): string | null => at?.toISOString().slice(0, 16).replace('T', ' ') ?? null
