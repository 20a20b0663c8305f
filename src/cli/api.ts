/** `daily-papers api`: serves pages and API until it is stopped. */
import type { CommandModule } from 'yargs'
import type { Common, Shell } from './shell.js'
import { untilStopped } from './signals.js'
import { withServices } from './with-services.js'

export const apiCommand = (shell: Shell): CommandModule<Common, Common> => ({
  command: 'api',
  describe: 'Serve pages and API, without a worker',
  handler: () =>
    withServices(
      shell,
      async (services) => {
        // Other commands need not wait for the web framework to load.
        const { startApi } = await import('../api.js')
        const api = await startApi(services)
        shell.output.say(`Listening on ${api.url}`)
        await untilStopped(shell.stopped)
        await api.close()
      },
      { serves: true },
    ),
})
