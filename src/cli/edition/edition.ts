/** `daily-papers edition`: everything that is done with one edition. */
import type { CommandModule } from 'yargs'
import type { Common, Shell } from '../shell.js'
import { buildCommand } from './build.js'
import { showCommand } from './show.js'

export const editionCommand = (shell: Shell): CommandModule<Common, Common> => ({
  command: 'edition',
  describe: 'Build, look at, send, steer and report on an edition',
  builder: (yargs) =>
    yargs.command(buildCommand(shell)).command(showCommand(shell)).demandCommand(1, 'edition build or show?'),
  handler: () => {},
})
