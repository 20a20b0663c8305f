/** Chooses personal editions in a process of its own: a worker has no room for what that takes. */
import { type ChildProcess, fork } from 'node:child_process'
import { type EditionServices, editionSettings } from '../../edition-services.js'
import { choosingOf } from './choose-orders.js'

/** What the process is told. */
export type ToChoose = {
  /** Of the database. */
  url: string
  /** ISO 8601. */
  now: string
  config: EditionServices['config']
  editionId: number
}

/** What it says: how far it is, in readers, then how many they were or what went wrong. */
export type ChoosingTold = { soFar: number } | { chosen: number } | { fault: string }

/** Two thousand readers take a second or two, and the beginning some ten. */
const silenceMs = 120_000

/** Node would take 100 MB more by itself, and be no faster. */
export const choosingFlags = ['--max-semi-space-size=2', '--max-old-space-size=180']

/** The built one, where tests run the sources too. */
const entry = new URL('../../../../dist/editions/personal/choosing/choosing-process.js', import.meta.url)

/**
 * As `choosePersonal` does it; no process is started where there is nothing to choose.
 * @returns for how many readers an edition was chosen.
 * @throws Error when the process fails or falls silent; the next call goes on where it was.
 */
export async function chooseApart(
  { db, clock, config }: EditionServices,
  editionId: number,
): Promise<number> {
  if (!(await choosingOf(db, editionId))) return 0
  const child = fork(entry, {
    execArgv: choosingFlags,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const told: ToChoose = {
    url: db.url,
    now: clock.now().toISOString(),
    config: settingsOf(config),
    editionId,
  }
  child.send(told)
  try {
    return await chosenBy(child)
  } finally {
    child.kill('SIGKILL')
  }
}

/** Without what else stands in the configuration, such as secrets. */
const settingsOf = (config: EditionServices['config']): EditionServices['config'] =>
  Object.assign({}, ...editionSettings.map((name) => ({ [name]: config[name] })))

function chosenBy(child: ChildProcess): Promise<number> {
  let silence: NodeJS.Timeout | undefined
  const answer = new Promise<number>((resolve, reject) => {
    const wait = () => {
      clearTimeout(silence)
      silence = setTimeout(
        () => reject(new Error(`choosing said nothing for ${silenceMs / 1000} s`)),
        silenceMs,
      )
    }
    wait()
    child.on('error', reject)
    child.on('exit', (code, signal) => reject(new Error(`choosing ended with ${code ?? signal}`)))
    child.on('message', (told: ChoosingTold) => {
      if ('soFar' in told) wait()
      else if ('chosen' in told) resolve(told.chosen)
      else reject(new Error(told.fault))
    })
  })
  return answer.finally(() => clearTimeout(silence))
}
