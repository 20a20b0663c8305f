/** PgBouncer in transaction mode before the server of the tests; tests that need it are left out aloud. */
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path))

export const withoutPooler = !program
if (withoutPooler) console.warn('No pgbouncer at /usr/sbin: what goes through a pooler is not tried.')

export type Pooler = {
  /** The same database, through the pooler. */
  through(url: string): string
  close(): Promise<void>
}

export async function startPooler(
  serverUrl: string,
  mode: 'transaction' | 'statement' = 'transaction',
): Promise<Pooler> {
  if (!program) throw new Error('there is no pgbouncer here')
  const { hostname, port, username, password } = new URL(serverUrl)
  const listen = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'pooler-'))
  await chmod(folder, 0o755)
  const secret = password ? ` password=${decodeURIComponent(password)}` : ''
  const file = join(folder, 'pgbouncer.ini')
  await writeFile(
    file,
    [
      '[databases]',
      `* = host=${hostname} port=${port || 5432} user=${decodeURIComponent(username)}${secret}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${listen}`,
      'unix_socket_dir =',
      'auth_type = any',
      `pool_mode = ${mode}`,
      'default_pool_size = 5',
      // Seconds after which a server that was away is asked again; the usual ones are fifteen.
      'server_login_retry = 1',
    ].join('\n'),
  )
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(program, [...account, file], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (/process up/.test(said)) resolve()
    })
    child.once('exit', () => reject(new Error(`pgbouncer ended: ${said}`)))
  })
  return {
    through: (url) => {
      const changed = new URL(url)
      changed.host = `127.0.0.1:${listen}`
      return changed.href
    },
    close: async () => {
      child.kill('SIGINT')
      await ended
      await rm(folder, { recursive: true })
    },
  }
}
