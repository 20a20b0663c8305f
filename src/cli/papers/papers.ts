/** `daily-papers papers`: everything that an editor does with the papers of a day. */
import type { Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { addCommand } from './add.js'
import { clearCommand, hideCommand, orderCommand, pinCommand, returnCommand } from './curate.js'
import { editCommand, revertCommand } from './edit.js'
import { listCommand } from './list.js'
import { lookCommand } from './look.js'

export const papersCommand = (shell: Shell): Loaded => ({
  builder: (yargs) =>
    yargs
      .command(listCommand(shell))
      .command(addCommand(shell))
      .command(editCommand(shell))
      .command(revertCommand(shell))
      .command(pinCommand(shell))
      .command(hideCommand(shell))
      .command(returnCommand(shell))
      .command(clearCommand(shell))
      .command(orderCommand(shell))
      .command(lookCommand(shell))
      .demandCommand(1, 'Which step? See: daily-papers papers --help'),
  handler: () => {},
})
