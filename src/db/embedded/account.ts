/** The account that Postgres runs as: ours, or, as Postgres refuses root, one that is on every system. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Problem } from '../../errors.js'

/** Undefined means the account of this process. */
export type Account = { uid: number; gid: number } | undefined

const run = promisify(execFile)

const isRoot = (): boolean => process.getuid?.() === 0

/** The account for a new cluster; accounts are looked up, never created. */
export async function chooseAccount(): Promise<Account> {
  if (!isRoot()) return undefined
  const account = (await lookUp('postgres')) ?? (await lookUp('nobody'))
  if (account) return account
  throw new Problem(
    'unavailable',
    'Postgres does not run as root, and there is no account postgres or nobody: ' +
      'start the service as another user, or set DATABASE_URL.',
  )
}

/** The account that a cluster belongs to; only root may act for another one. */
export async function ownerOf(folder: string): Promise<Account> {
  const { uid, gid } = await stat(folder)
  if (process.getuid === undefined || (uid === process.getuid() && uid !== 0)) return undefined
  if (!isRoot()) {
    throw new Problem(
      'unavailable',
      `The database in ${folder} belongs to user ${uid}: start the service as that user, or set DATABASE_URL.`,
    )
  }
  if (uid === 0) {
    throw new Problem(
      'unavailable',
      `The database in ${folder} belongs to root, and Postgres does not run as root: chown -R it to postgres or nobody.`,
    )
  }
  return { uid, gid }
}

async function lookUp(name: string): Promise<Account> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)),
    )
    return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid }
  } catch {
    return undefined
  }
}

/** True when the account may enter the folder; every folder above it counts. */
export async function mayEnter(account: Account, folder: string): Promise<boolean> {
  if (!account) return true
  const { code } = await runAs(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder], '/')
  return code === 0
}

type Ended = { code: number | string; stdout: string; stderr: string }

/** Without PGDATA, PGPORT and their like, which are about some other server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))
  return { ...Object.fromEntries(kept), LC_ALL: 'C' }
}

/** Runs a program as the account in a session of its own; `code` is a word such as `EACCES` when it can't start. */
export async function runAs(account: Account, program: string, args: string[], cwd: string): Promise<Ended> {
  try {
    const options = { ...account, cwd, env: serverEnvironment(), detached: true, windowsHide: true }
    return { code: 0, ...(await run(program, args, options)) }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Partial<Ended>
    return { code: code ?? 'killed', stdout, stderr }
  }
}
