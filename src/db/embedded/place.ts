/** Where the embedded cluster of a DATA_DIR lies: made once, whole or not at all, and found again. */
import { randomBytes } from 'node:crypto'
import {
  chmod,
  chown,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, join } from 'node:path'
import { makeDataDir } from '../../config/data-dir.js'
import { Problem } from '../../errors.js'
import { type Account, chooseAccount, mayEnter, ownerOf, runAs } from './account.js'
import { type Binaries, findBinaries, makeOpenFolder } from './binaries.js'

/** `folder` holds `cluster`, `password`, `port` and `server.log`. */
export type Place = { folder: string; account: Account; binaries: Binaries }

export type PlaceOptions = {
  /** Where data and binaries go that root keeps in a folder which Postgres' account may not enter. */
  shared?: string
  /** False for tests, which can lose their data. */
  durable?: boolean
}

const unfinished = 'postgres-init-'
const anHour = 3_600_000

/**
 * Finds the cluster of a data folder, or makes it. `DATA_DIR/postgres` is the cluster's folder or, where
 * Postgres' account may not enter DATA_DIR, a link to it. Of two first starts at once one makes it.
 */
export async function openPlace(dataDir: string, options: PlaceOptions = {}): Promise<Place> {
  await makeDataDir(dataDir)
  const home = await realpath(dataDir)
  const pointer = join(home, 'postgres')
  const shared = options.shared ?? (process.getuid?.() === 0 ? '/var/lib/daily-papers' : home)
  if (!(await lstat(pointer).catch(() => undefined))) await makePlace(home, pointer, shared, options)
  const folder = await realpath(pointer).catch((error: Error) => {
    const detail = `${pointer} leads to a database that is gone: bring it back, or remove the link to start anew.`
    throw new Problem('unavailable', detail, { cause: error })
  })
  const account = await ownerOf(join(folder, 'cluster'))
  const binaries = await findBinaries(account, shared)
  await requireVersion(folder, binaries)
  if (!(await mayEnter(account, folder))) {
    const detail = `User ${account?.uid}, to whom the database belongs, may not enter ${folder}: mend its permissions.`
    throw new Problem('unavailable', detail)
  }
  return { folder, account, binaries }
}

async function requireVersion(folder: string, binaries: Binaries): Promise<void> {
  const made = (await readFile(join(folder, 'cluster', 'PG_VERSION'), 'utf8')).trim()
  const [here] = binaries.version.split('.')
  if (made === here) return
  const detail = `The database in ${folder} was made by Postgres ${made}, and this is ${here}: dump it with the former version and load it here.`
  throw new Problem('unavailable', detail)
}

async function makePlace(
  home: string,
  pointer: string,
  shared: string,
  options: PlaceOptions,
): Promise<void> {
  const account = await chooseAccount()
  const parent = (await mayEnter(account, home)) ? home : shared
  if (parent !== home) await makeOpenFolder(parent)
  await removeUnfinished(parent)
  const binaries = await findBinaries(account, shared)
  const aside = await mkdtemp(join(parent, unfinished))
  try {
    await initialise(aside, account, binaries, options.durable ?? true)
    await (parent === home ? rename(aside, pointer) : linkTo(aside, pointer))
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    // Another process was first; its cluster is as good.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

async function linkTo(aside: string, pointer: string): Promise<void> {
  const folder = aside.replace(unfinished, 'postgres-data-')
  await rename(aside, folder)
  try {
    await symlink(folder, pointer)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function initialise(
  folder: string,
  account: Account,
  binaries: Binaries,
  durable: boolean,
): Promise<void> {
  const password = join(folder, 'password')
  await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
  for (const path of [folder, password]) if (account) await chown(path, account.uid, account.gid)
  await chmod(folder, 0o700)
  const program = join(binaries.folder, 'bin', 'initdb')
  const args = [
    `--pgdata=${join(folder, 'cluster')}`,
    '--username=postgres',
    `--pwfile=${password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-instructions',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`),
    ...(durable ? [] : ['--no-sync']),
  ]
  const { code, stderr } = await runAs(account, program, args, folder)
  if (code === 0) return
  throw new Problem('unavailable', `The database could not be made in ${folder}: ${stderr.trim() || code}`)
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Statements and the details of their faults hold addresses.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}

/** A crash while a cluster was made leaves its folder behind. */
async function removeUnfinished(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name)
    if (!basename(path).startsWith(unfinished)) continue
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs
    if (age > anHour) await rm(path, { recursive: true, force: true })
  }
}
