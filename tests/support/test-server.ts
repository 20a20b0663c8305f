/** The Postgres server of a test run: the one at DATABASE_URL, otherwise an embedded one in a temporary folder. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chooseAccount, mayEnter } from '../../src/db/embedded/account.js'
import { openDatabase } from '../../src/db/embedded/open.js'
import { silentLog } from '../../src/log.js'

/** Fast, and worth nothing after a crash. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '256MB',
}

export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['DATABASE_URL']
  if (given) return { url: given, stop: async () => {} }
  const folder = await mkdtemp(join(await openTemporaryFolder(), 'daily-papers-test-'))
  const options = { shared: join(folder, 'shared'), durable: false, settings }
  await chmod(folder, 0o755)
  const database = await openDatabase(
    { databaseUrl: undefined, dataDir: join(folder, 'data') },
    silentLog,
    options,
  )
  return {
    url: database.url,
    stop: async () => {
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** As root the server runs as another account, which may not be allowed into a private TMPDIR. */
export async function openTemporaryFolder(): Promise<string> {
  const account = await chooseAccount()
  for (const folder of [tmpdir(), '/tmp', '/var/tmp']) if (await mayEnter(account, folder)) return folder
  return tmpdir()
}
