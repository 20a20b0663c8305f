/** Debian's Dovecot on loopback: one account with a Maildir of its own, whoever runs the tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { until } from './until.js'

const program = '/usr/sbin/dovecot'
export const withoutDovecot = !existsSync(program)
if (withoutDovecot) console.warn('Dovecot is absent: what needs a real IMAP server is left out')

export type Dovecot = {
  url: string
  /** Puts a mail into INBOX as a delivery agent does. */
  deliver(raw: string): Promise<void>
  /** How many mails a folder has. */
  held(folder?: string): Promise<number>
  restart(): Promise<void>
  close(): Promise<void>
}

/** Dovecot gives no mail of root's away: as root it works for `nobody`. */
const nobody = 65_534

export async function startDovecot(): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'dovecot-'))
  await chmod(folder, 0o755)
  const { uid, gid, username } = userInfo()
  const owner = uid === 0 ? { uid: nobody, gid: nobody } : { uid, gid }
  const mail = join(folder, 'mail')
  for (const part of ['', 'new', 'cur', 'tmp']) {
    await mkdir(join(mail, part), { recursive: true })
    await chown(join(mail, part), owner.uid, owner.gid)
  }
  const port = await freePort()
  const config = join(folder, 'dovecot.conf')
  const accounts = uid === 0 ? '' : `default_internal_user = ${username}\ndefault_login_user = ${username}\n`
  await writeFile(
    config,
    `protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
${accounts}mail_location = maildir:${mail}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${mail}
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
`,
  )
  let child = await start(config, port)
  let count = 0
  const stop = async () => {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
  return {
    url: `imap://papers:secret@127.0.0.1:${port}/INBOX`,
    deliver: async (raw) => {
      const name = `${Date.now()}.${(count += 1)}.test`
      await writeFile(join(mail, 'tmp', name), raw)
      await chown(join(mail, 'tmp', name), owner.uid, owner.gid)
      await rename(join(mail, 'tmp', name), join(mail, 'new', name))
    },
    held: async (name) => {
      const where = name === undefined ? mail : join(mail, `.${name}`)
      const parts = await Promise.all(
        ['new', 'cur'].map((part) => readdir(join(where, part)).catch(() => [])),
      )
      return parts.flat().length
    },
    restart: async () => {
      await stop()
      child = await start(config, port)
    },
    close: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function start(config: string, port: number): Promise<ChildProcess> {
  const child = spawn(program, ['-F', '-c', config], { stdio: 'ignore' })
  const open = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
  await until(async () => child.exitCode !== null || (await open()))
  if (child.exitCode !== null) throw new Error(`Dovecot ended with ${child.exitCode}`)
  return child
}
