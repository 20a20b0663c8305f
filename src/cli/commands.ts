/** Every command with its words. What a command needs is loaded when it runs, so that others start quickly. */
import type { CommandModule } from 'yargs'
import { lazy } from './shell/lazy.js'
import type { Common, Shell } from './shell/shell.js'

export const commandsOf = (shell: Shell): CommandModule<Common, Common>[] => [
  lazy('demo', 'Show everything at work on sample papers; mail goes to the outbox only', async () =>
    (await import('./demo/demo.js')).demoCommand(shell),
  ),
  lazy('start', 'Serve pages and API, and send mail, in one process', async () =>
    (await import('./service/serve.js')).startCommand(shell),
  ),
  lazy('api', 'Serve pages and API, without a worker', async () =>
    (await import('./service/serve.js')).apiCommand(shell),
  ),
  lazy('worker', 'Look at sources, build editions and send mail, without the API', async () =>
    (await import('./service/serve.js')).workerCommand(shell),
  ),
  lazy('inbound', 'Take mail that comes back, and judge what came in', async () =>
    (await import('./service/serve.js')).inboundCommand(shell),
  ),
  lazy('migrate', 'Bring the database to this version', async () =>
    (await import('./service/migrate.js')).migrateCommand(shell),
  ),
  lazy('ingest', 'Look at the source for a day and keep its papers and their votes', async () =>
    (await import('./papers/ingest.js')).ingestCommand(shell),
  ),
  lazy('papers', 'List, add, edit, pin, hide and order the papers of a day', async () =>
    (await import('./papers/papers.js')).papersCommand(shell),
  ),
  lazy('rank', 'Try the ranking of papers', async () =>
    (await import('./papers/rank.js')).rankCommand(shell),
  ),
  lazy('personal', 'Try the ranking for one reader', async () =>
    (await import('./papers/personal.js')).personalCommand(shell),
  ),
  lazy('search', 'Try the search of papers', async () =>
    (await import('./papers/search.js')).searchCommand(shell),
  ),
  lazy('subscribers', 'Import, export, find, add, unsubscribe, suppress and erase subscribers', async () =>
    (await import('./subscribers/subscribers.js')).subscribersCommand(shell),
  ),
  lazy('suppressions', 'List, add and lift suppressions', async () =>
    (await import('./subscribers/suppressions.js')).suppressionsCommand(shell),
  ),
  lazy('edition', 'Build, look at, send, steer and report on an edition', async () =>
    (await import('./edition/edition.js')).editionCommand(shell),
  ),
  lazy('bounces', 'Mail that came back', async () =>
    (await import('./bounces/bounces.js')).bouncesCommand(shell),
  ),
  lazy('keys', 'Make, list, rotate and revoke keys of the admin API', async () =>
    (await import('./service/keys.js')).keysCommand(shell),
  ),
  lazy('audit', 'Read and verify the log of who changed what', async () =>
    (await import('./service/audit.js')).auditCommand(shell),
  ),
  lazy('settings', 'Show and set what is set at run time', async () =>
    (await import('./service/settings.js')).settingsCommand(shell),
  ),
  lazy('alerts', 'List alerts, try them out, show and rotate the secrets of webhooks', async () =>
    (await import('./service/alerts.js')).alertsCommand(shell),
  ),
  lazy('events', 'What webhooks were told of readers and editions, and telling it again', async () =>
    (await import('./service/events.js')).eventsCommand(shell),
  ),
  lazy('stats', 'Growth, and mail by edition and by recipient domain', async () =>
    (await import('./service/stats.js')).statsCommand(shell),
  ),
  lazy('restored', 'Say that the database was restored: all sending is held until it is resumed', async () =>
    (await import('./service/resume.js')).restoredCommand(shell),
  ),
  lazy('resume', 'Let sending go on that was held after a restore', async () =>
    (await import('./service/resume.js')).resumeCommand(shell),
  ),
  lazy(
    'status',
    'Show the latest editions, and how workers and relays are; ends with 1 when something needs somebody',
    async () => (await import('./service/status.js')).statusCommand(shell),
  ),
  lazy(
    'doctor',
    'Check configuration, database, relays, DNS and more, and say how to mend what is wrong',
    async () => (await import('./service/doctor.js')).doctorCommand(shell),
  ),
]
