/** Parses the command line, runs the command, and turns whatever went wrong into a line and an exit status. */
import yargs, { type Argv } from 'yargs'
import { ConfigError, messageOf, Problem } from '../errors.js'
import { commandsOf } from './commands.js'
import { type Common, Interrupted, type Shell, UsageError } from './shell/shell.js'

/** @returns the exit status: 0 when all is done, 1 when not, 2 for a wrong command line or configuration. */
export async function runCli(args: string[], shell: Shell): Promise<number> {
  try {
    await buildCli(args, shell).parseAsync()
    return shell.status
  } catch (error) {
    return report(isOfYargs(error) ? new UsageError(error.message) : error, shell)
  }
}

function buildCli(args: string[], shell: Shell): Argv<Common> {
  return yargs(args)
    .scriptName('daily-papers')
    .usage('$0 COMMAND\n\nThe daily email of trending research papers.')
    .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
    .command(commandsOf(shell))
    .completion(
      'completion',
      'Print the completion script: source it, or add it to your shell’s start-up file',
    )
    .recommendCommands()
    .demandCommand(1, 'Which command?')
    .strict()
    .exitProcess(false)
    .locale('en')
    .epilogue(
      'Settings come from the environment; .github/SETTINGS.md lists them. Exit status: 0 done, 1 not all done, 2 wrong command line or configuration.',
    )
    .fail((message, error) => {
      throw error ?? new UsageError(message)
    })
}

/** yargs wraps what its readers throw in errors of its own. */
const isOfYargs = (error: unknown): error is Error => error instanceof Error && error.name === 'YError'

/** As shells have it: 128 and the number of the signal. */
const interruptedBy: Record<string, number> = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 }

function report(error: unknown, shell: Shell): number {
  const { output } = shell
  if (error instanceof UsageError) output.fault('usage', `${error.message}\nSee: daily-papers --help`)
  else if (error instanceof ConfigError) output.fault('configuration', error.message)
  else if (error instanceof Problem) output.fault(error.code, error.message)
  else if (error instanceof Interrupted)
    output.fault('interrupted', `Stopped by ${error.message} before all was done.`)
  else output.fault('fault', unexpected(error, shell.env))
  if (error instanceof Interrupted) return interruptedBy[error.message] ?? 143
  return error instanceof UsageError || error instanceof ConfigError ? 2 : 1
}

function unexpected(error: unknown, env: NodeJS.ProcessEnv): string {
  const detailed = ['debug', 'trace'].includes(env['LOG_LEVEL'] ?? '')
  if (detailed && error instanceof Error) return error.stack ?? error.message
  return `${messageOf(error)} (LOG_LEVEL=debug shows where)`
}
