/** Hands a mail to an SMTP server on loopback, as another server would. */
import { connect } from 'node:net'
import { until } from './until.js'

type Handed = { from: string; to: string[]; raw: string }

/** @throws when any answer refuses, or the connection is lost. */
function handIn(port: number, { from, to, raw }: Handed): Promise<void> {
  const body = raw.replaceAll(/\r?\n/g, '\r\n').replaceAll(/^\./gm, '..')
  const lines = [
    'EHLO mx.example',
    `MAIL FROM:<${from}>`,
    ...to.map((address) => `RCPT TO:<${address}>`),
    'DATA',
    `${body}\r\n.`,
    'QUIT',
  ]
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    let at = 0
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was lost')))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const answer = /^(\d{3}) [^\r\n]*\r\n$/m.exec(text)
      if (!answer) return
      text = ''
      if (!/^[23]/.test(answer[0])) {
        socket.destroy(new Error(answer[0].trim()))
        return
      }
      const line = lines[at++]
      if (line === 'QUIT') resolve()
      socket.write(`${line}\r\n`)
    })
  })
}

/** Hands it in until it is taken, as a queue does. */
export async function handInUntilTaken(port: number, mail: Handed): Promise<void> {
  const taken = () => handIn(port, mail).then(() => true)
  await until(taken, { within: 60_000, every: 50 })
}
