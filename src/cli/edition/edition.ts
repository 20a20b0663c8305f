/** `daily-papers edition`: everything that is done with one edition. */
import type { Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { buildCommand } from './build.js'
import { reportCommand } from './report.js'
import { sendCommand } from './send.js'
import { showCommand } from './show.js'
import {
  approveCommand,
  cancelCommand,
  holdCommand,
  pauseCommand,
  resumeCommand,
  retryCommand,
  scheduleCommand,
} from './steer.js'

export const editionCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs
      .command(buildCommand(shell))
      .command(showCommand(shell))
      .command(sendCommand(shell))
      .command(holdCommand(shell))
      .command(approveCommand(shell))
      .command(scheduleCommand(shell))
      .command(pauseCommand(shell))
      .command(resumeCommand(shell))
      .command(cancelCommand(shell))
      .command(retryCommand(shell))
      .command(reportCommand(shell))
      .demandCommand(1, 'Which step? See: daily-papers edition --help'),
  handler: () => {},
})
