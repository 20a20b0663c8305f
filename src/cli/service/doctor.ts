/** `daily-papers doctor`: checks everything that has to be right, and says how to mend it. */
import { type Config, readConfig } from '../../config/config.js'
import { openDb } from '../../db/client.js'
import { openDatabase } from '../../db/embedded/open.js'
import { messageOf } from '../../errors.js'
import { silentLog } from '../../log.js'
import { type Finding, fault } from '../../mail/domain/finding.js'
import { examine, examineDatabase } from '../../operations/doctor/examine.js'
import type { Loaded } from '../shell/lazy.js'
import type { Shell } from '../shell/shell.js'
import { unlessStopped } from '../shell/signals.js'

export const doctorCommand = (shell: Shell): Loaded => ({
  builder: (yargs) => yargs.example('$0 doctor --json', 'ends with 1 when something has to be mended'),
  handler: async () => {
    const config = readConfig(shell.env)
    const examined = examine(config, () => openAndExamine(config))
    const findings = await unlessStopped(shell.stopped, examined)
    if (findings.some(({ state }) => state === 'fault')) shell.status = 1
    shell.output.result(findings, describe(findings))
  },
})

async function openAndExamine(config: Config): Promise<Finding[]> {
  try {
    const database = await openDatabase(config, silentLog)
    const db = openDb(database.url, silentLog, { connections: 1 })
    try {
      return await examineDatabase(db, config)
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
