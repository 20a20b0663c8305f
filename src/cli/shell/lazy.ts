/** A command whose module is loaded when somebody runs it or asks for its help. */
import type { CommandModule } from 'yargs'
import type { Common } from './shell.js'

/** What a command takes and does; its name and its words stand in the list of commands. */
export type Loaded<Options = Common> = Pick<CommandModule<Common, Options>, 'builder' | 'handler'>

export function lazy<Options extends Common>(
  command: string,
  describe: string,
  load: () => Promise<Loaded<Options>>,
): CommandModule<Common, Common> {
  let loaded: Promise<Loaded<Options>> | undefined
  const once = () => (loaded ??= load())
  return {
    command,
    describe,
    // yargs fills in what the builder says, and hands it to the handler.
    builder: async (yargs) => {
      const { builder } = await once()
      return typeof builder === 'function' ? await builder(yargs) : yargs
    },
    handler: async (args) => (await once()).handler(args as Parameters<Loaded<Options>['handler']>[0]),
  }
}
