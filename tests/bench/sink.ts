/** What all senders send to: Postfix's smtp-sink where it is installed, otherwise one of our own in its own process. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../support/free-port.js'

export type Sink = { name: string; port: number; close(): void }

const postfix = '/usr/sbin/smtp-sink'
const own = fileURLToPath(new URL('./processes/sink.mjs', import.meta.url))

export async function openSink(): Promise<Sink> {
  const port = await freePort()
  const theirs = existsSync(postfix)
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = theirs
    ? spawn(postfix, [...account, '-c', `127.0.0.1:${port}`, '1000'], { stdio: 'ignore' })
    : spawn(process.execPath, [own, String(port)], { stdio: 'inherit' })
  const close = () => void child.kill('SIGKILL')
  process.once('exit', close)
  await listening(port)
  return { name: theirs ? 'smtp-sink' : 'a sink in Node', port, close }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('connect', () => socket.destroy())
      socket.on('error', () => resolve(false))
    })
    if (open) return
    await sleep(50)
  }
  throw new Error('the sink did not come up')
}
