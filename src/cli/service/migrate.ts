/** `daily-papers migrate`: brings the database to this version. */
import { migrate } from '../../db/migrations/migrate.js'
import { pendingMigrations } from '../../db/migrations/history.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

type Options = Common & { 'dry-run': boolean }

export const migrateCommand = (shell: Shell): Loaded<Options> => ({
  builder: (yargs) =>
    yargs.option('dry-run', { type: 'boolean', default: false, describe: 'Only list what would be applied' }),
  handler: ({ dryRun }) =>
    withServices(
      shell,
      async ({ db }) => {
        const names = dryRun
          ? await pendingMigrations(db)
          : await migrate(db, {
              onApplied: (name) => shell.output.say(`applied ${name}`),
              onWait: (name) => shell.output.remark(`${name} waits for a lock that somebody holds`),
            })
        const done = dryRun ? 'to be applied' : 'applied'
        const lines = dryRun ? names.map((name) => `would apply ${name}`) : []
        const end = names.length === 0 ? 'The database is up to date.' : `${names.length} migrations ${done}.`
        shell.output.result({ [dryRun ? 'pending' : 'applied']: names }, [...lines, end])
      },
      { migrations: 'ignore' },
    ),
})
