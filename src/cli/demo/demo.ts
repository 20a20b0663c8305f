/** `daily-papers demo`: everything at work on sample papers, from an empty folder to an edition in the outbox. */
import type { Config } from '../../config/config.js'
import { ConfigError } from '../../errors.js'
import { startApi, closeAll } from '../service/serve.js'
import type { Services } from '../../services.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { untilStopped } from '../shell/signals.js'
import { withServices } from '../shell/with-services.js'
import { openSample } from './sample.js'
import { type Shown, takeSteps } from './steps.js'
import { summaryOf } from './summary.js'

type Options = Common & { once: boolean }

export const demoCommand = (shell: Shell): Loaded<Options> => ({
  builder: (yargs) =>
    yargs
      .option('once', { type: 'boolean', default: false, describe: 'End when the mail is there' })
      .example('PORT=8080 $0 demo', 'serves on another port'),
  handler: ({ once }) => {
    const begun = performance.now()
    shell.output.say('Starting …')
    return withServices(shell, (services) => runDemo(shell, services, once, begun), {
      serves: true,
      logLevel: 'warn',
      migrations: 'apply',
      adapt: toOutbox,
    })
  },
})

/** Whatever the environment says, no demo mails anybody; and no outbox is open in production. */
function toOutbox(config: Config): Config {
  if (config.production) throw new ConfigError('NODE_ENV is production, and the demo is for development.')
  return { ...config, mailUrls: undefined, outbox: true }
}

async function runDemo(shell: Shell, services: Services, once: boolean, begun: number): Promise<void> {
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  shell.output.say(`✓ Postgres runs, and its tables are up to date (${seconds} s)`)
  const sample = openSample(services.clock)
  const { startWorker } = await import('../../worker.js')
  const running: { close(): Promise<void> }[] = [startWorker(services, sample.source)]
  try {
    const shown: Shown = await takeSteps(shell, services, sample)
    if (once) return shell.output.result(shown, summaryOf(services.config, shown))
    const api = await startApi(shell, services)
    running.push(api)
    shell.output.result({ ...shown, url: api.url }, summaryOf(services.config, shown, api.url))
    await untilStopped(shell.stopped)
    shell.output.say('Stopping …')
  } finally {
    await closeAll(running)
  }
}
