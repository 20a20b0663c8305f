/** `daily-papers doctor`: checks everything that has to be right, and says how to mend it. */
import { Resolver } from 'node:dns/promises'
import { type Config, readConfig } from '../../config/config.js'
import { openDb } from '../../db/client.js'
import { openDatabase } from '../../db/embedded/open.js'
import { messageOf } from '../../errors.js'
import { silentLog } from '../../log.js'
import type { Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { unlessStopped } from '../shell/signals.js'
import { examineDomain } from '../../mail/domain/examine.js'
import type { DomainDns } from '../../mail/domain/facts.js'
import { type Finding, fault, ok } from '../../mail/domain/finding.js'
import { checkDatabase, checkDisk, checkSource } from './place.js'
import { checkProxies } from './proxies.js'
import { checkPublicUrl } from './public-url.js'
import { checkRelays } from './relays.js'

export const doctorCommand = (shell: Shell): Loaded => ({
  builder: (yargs) => yargs.example('$0 doctor --json', 'ends with 1 when something has to be mended'),
  handler: async () => {
    const config = readConfig(shell.env)
    const dns = new Resolver({ timeout: 3_000, tries: 2 })
    const findings = await unlessStopped(shell.stopped, examine(config, dns))
    if (findings.some(({ state }) => state === 'fault')) shell.status = 1
    shell.output.result(findings, describe(findings))
  },
})

/** Every check; one that fails keeps no other from being made. */
async function examine(config: Config, dns: DomainDns): Promise<Finding[]> {
  const findings = await Promise.all([
    checkOpenedDatabase(config),
    checkDisk(config),
    checkSource(config),
    checkSending(config, dns),
    checkPublicUrl(config),
  ])
  return [ok('configuration', 'every variable is as it should be'), ...findings.flat()]
}

/** The relays, then the domain: whether SPF covers them is asked of both. */
async function checkSending(config: Config, dns: DomainDns): Promise<Finding[]> {
  const { findings, ways } = await checkRelays(config, dns)
  return [...findings, ...(await examineDomain(config, dns, ways))]
}

async function checkOpenedDatabase(config: Config): Promise<Finding[]> {
  try {
    const database = await openDatabase(config, silentLog)
    const db = openDb(database.url, silentLog, { connections: 1 })
    try {
      return [...(await checkDatabase(db)), ...(await checkProxies(db, config))]
    } finally {
      await db.close()
      await database.close()
    }
  } catch (error) {
    return [fault('database', messageOf(error), 'Set DATABASE_URL, or mend what is said.')]
  }
}

const marks = { ok: '✓', advice: '!', fault: '✗' } as const

function describe(findings: Finding[]): string[] {
  const lines = findings.flatMap(({ check, state, detail, mend }) => [
    `${marks[state]} ${check}: ${detail}`,
    ...(mend ? [`    ${mend}`] : []),
  ])
  const faults = findings.filter(({ state }) => state === 'fault').length
  return [...lines, '', faults === 0 ? 'Nothing has to be mended.' : `${faults} to be mended.`]
}
