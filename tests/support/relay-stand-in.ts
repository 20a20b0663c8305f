/** An SMTP server on loopback whose every answer a test decides, down to hanging up in the middle. */
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A reply without its line end; `DROP` hangs up instead, `HANG` says nothing. */
type Answer = string

type Received = { from: string; to: string; message: string; connection: number }

export type Script = {
  extensions?: string[]
  greeting?: (connection: number) => Answer
  /** Answers `MAIL`, `RCPT`, `DATA`, `AUTH`, … as sent, by command line. */
  command?: (line: string, connection: number) => Answer | undefined
  /** Bytes of the body after which the connection is dropped. */
  dropAfterBytes?: () => number | undefined
  /** A promise stands for a relay that takes its time. */
  body?: (received: Received) => Answer | Promise<Answer>
}

export type RelayStandIn = {
  url: string
  port: number
  /** Messages that were answered with 2yz, and those dropped after their final dot. */
  received: Received[]
  commands: string[]
  connections: { opened: number; open: number; most: number }
  /** What has come behind a body that is still thought about. */
  behind(): string
  close(): Promise<void>
}

export async function startRelay(script: Script = {}, port = 0): Promise<RelayStandIn> {
  const received: Received[] = []
  const commands: string[] = []
  const connections = { opened: 0, open: 0, most: 0 }
  const unread = new Map<Socket, string>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    connections.opened += 1
    connections.open += 1
    connections.most = Math.max(connections.most, connections.open)
    sockets.add(socket)
    socket.on('error', () => {})
    socket.setNoDelay(true)
    socket.on('close', () => {
      connections.open -= 1
      sockets.delete(socket)
      unread.delete(socket)
    })
    converse(socket, script, connections.opened, received, commands, (text) => unread.set(socket, text))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    commands,
    connections,
    behind: () => [...unread.values()].join(''),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function converse(
  socket: Socket,
  script: Script,
  connection: number,
  received: Received[],
  commands: string[],
  tellUnread: (text: string) => void,
): void {
  let text = ''
  let inBody = false
  /** What comes while a body is thought about waits, as each server answers in turn. */
  let thinking = false
  /** A sender and a recipient were taken. */
  let ready = false
  let mail: Received = { from: '', to: '', message: '', connection }
  const answer = (reply: Answer): void => {
    if (reply === 'DROP') socket.destroy()
    else if (reply !== 'HANG') socket.write(`${reply}\r\n`)
  }
  const command = (line: string): void => {
    commands.push(line)
    const word = line.slice(0, 4).toUpperCase()
    const reply = script.command?.(line, connection) ?? usual(word, script, ready)
    const taken = reply.startsWith('2')
    if (word === 'MAIL') mail = { from: bare(line), to: '', message: '', connection }
    if (word === 'RCPT') mail.to = bare(line)
    if (word === 'MAIL' || word === 'RSET') ready = false
    if (word === 'RCPT') ready = taken
    if (word === 'DATA' && reply.startsWith('354')) inBody = true
    answer(reply)
    if (word === 'QUIT') socket.end()
  }
  const takeBody = (): boolean => {
    const end = text.startsWith('.\r\n') ? 0 : text.indexOf('\r\n.\r\n')
    const limit = script.dropAfterBytes?.()
    if (limit !== undefined && text.length >= limit) socket.destroy()
    if (end < 0 || socket.destroyed) return false
    mail.message = text.slice(0, end === 0 ? 0 : end + 2).replaceAll(/^\./gm, '')
    text = text.slice(end === 0 ? 3 : end + 5)
    inBody = false
    const taken = mail
    const finish = (reply: Answer) => {
      if (reply.startsWith('2') || reply === 'DROP') received.push(taken)
      answer(reply)
    }
    const reply = script.body?.(taken) ?? '250 2.0.0 queued'
    if (typeof reply === 'string') finish(reply)
    else {
      thinking = true
      tellUnread(text)
      void reply.then((answered) => {
        thinking = false
        finish(answered)
        proceed()
      })
    }
    return true
  }
  const proceed = () => {
    for (;;) {
      if (thinking || socket.destroyed) return
      if (inBody) {
        if (!takeBody()) return
        continue
      }
      const end = text.indexOf('\r\n')
      if (end < 0) return
      const line = text.slice(0, end)
      text = text.slice(end + 2)
      command(line)
    }
  }
  socket.on('data', (bytes) => {
    text += bytes.toString('utf8')
    proceed()
    tellUnread(thinking ? text : '')
  })
  answer(script.greeting?.(connection) ?? '220 stand-in ESMTP')
}

function usual(word: string, script: Script, ready: boolean): string {
  if (word === 'EHLO') {
    const lines = ['stand-in', ...(script.extensions ?? ['PIPELINING', 'SIZE 10000000'])]
    return lines.map((line, at) => `250${at === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n')
  }
  if (word === 'DATA') return ready ? '354 go on' : '503 5.5.1 nobody to send to'
  return word === 'QUIT' ? '221 bye' : '250 2.1.0 fine'
}

function bare(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? ''
}
