/** Parses the command line, runs the command, and turns whatever went wrong into a line and an exit status. */
import yargs, { type Argv } from 'yargs'
import { ConfigError, messageOf, Problem } from '../errors.js'
import { alertsCommand } from './service/alerts.js'
import { auditCommand } from './service/audit.js'
import { bouncesCommand } from './bounces/bounces.js'
import { demoCommand } from './demo/demo.js'
import { doctorCommand } from './doctor/doctor.js'
import { editionCommand } from './edition/edition.js'
import { ingestCommand } from './papers/ingest.js'
import { keysCommand } from './service/keys.js'
import { migrateCommand } from './service/migrate.js'
import { papersCommand } from './papers/papers.js'
import { personalCommand } from './papers/personal.js'
import { rankCommand } from './papers/rank.js'
import { searchCommand } from './papers/search.js'
import { apiCommand, inboundCommand, startCommand, workerCommand } from './service/serve.js'
import { type Common, Interrupted, type Shell, UsageError } from './shell/shell.js'
import { statsCommand } from './service/stats.js'
import { statusCommand } from './service/status.js'
import { settingsCommand } from './service/settings.js'
import { subscribersCommand } from './subscribers/subscribers.js'
import { suppressionsCommand } from './subscribers/suppressions.js'
import { restoredCommand, resumeCommand } from './service/resume.js'

/** @returns the exit status: 0 when all is done, 1 when not, 2 for a wrong command line or configuration. */
export async function runCli(args: string[], shell: Shell): Promise<number> {
  try {
    await buildCli(args, shell).parseAsync()
    return shell.status
  } catch (error) {
    return report(error, shell)
  }
}

function buildCli(args: string[], shell: Shell): Argv<Common> {
  return yargs(args)
    .scriptName('daily-papers')
    .usage('$0 COMMAND\n\nThe daily email of trending research papers.')
    .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
    .command(demoCommand(shell))
    .command(startCommand(shell))
    .command(apiCommand(shell))
    .command(workerCommand(shell))
    .command(inboundCommand(shell))
    .command(migrateCommand(shell))
    .command(ingestCommand(shell))
    .command(papersCommand(shell))
    .command(rankCommand(shell))
    .command(personalCommand(shell))
    .command(searchCommand(shell))
    .command(subscribersCommand(shell))
    .command(suppressionsCommand(shell))
    .command(editionCommand(shell))
    .command(bouncesCommand(shell))
    .command(keysCommand(shell))
    .command(auditCommand(shell))
    .command(settingsCommand(shell))
    .command(alertsCommand(shell))
    .command(statsCommand(shell))
    .command(restoredCommand(shell))
    .command(resumeCommand(shell))
    .command(statusCommand(shell))
    .command(doctorCommand(shell))
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
      'Settings come from the environment; README.md lists them. Exit status: 0 done, 1 not all done, 2 wrong command line or configuration.',
    )
    .fail((message, error) => {
      // yargs wraps what its readers throw in errors of its own.
      throw error && error.name !== 'YError' ? error : new UsageError(message || error.message)
    })
}

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
