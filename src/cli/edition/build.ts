/** `daily-papers edition build`: chooses, assembles and freezes. */
import type { CommandModule } from 'yargs'
import { buildEdition } from '../../editions/building/build.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { editionLine, periodAsked, type Which, whichEdition } from './which.js'

type Options = Which & { draft: boolean }

export const buildCommand = (shell: Shell): CommandModule<Common, Options> => ({
  command: 'build',
  describe: 'Choose its papers and freeze it; what is frozen stays as it is',
  builder: (yargs) =>
    whichEdition(yargs)
      .option('draft', {
        type: 'boolean',
        default: false,
        describe: 'Leave it open: a draft may be built again',
      })
      .example('$0 edition build --date 2026-05-06', ''),
  handler: (which) =>
    withServices(shell, async (services) => {
      const options = { freeze: !which.draft }
      const { edition, built } = await buildEdition(services, which.kind, periodAsked(which), options)
      if (edition.status === 'failed') shell.status = 1
      shell.output.result({ built, edition }, [
        editionLine(edition) + (built ? '' : ' (it was there already)'),
        ...(edition.subject ? [`Subject: ${edition.subject}`] : []),
      ])
    }),
})
