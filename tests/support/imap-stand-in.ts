/** A small IMAP server on loopback (RFC 3501, 2177, 6851): one account, mailboxes in memory, connections that break. */
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

type Kept = { uid: number; raw: string }

export type ImapStandIn = {
  url: string
  /** Mails of each mailbox. */
  mailboxes: Map<string, Kept[]>
  /** Commands as they came, without tags and secrets. */
  commands: string[]
  connections: () => number
  /** A mail arrives, and whoever idles is told. */
  deliver(raw: string): void
  /** All connections break; `before` a command of that name is answered, from now on, until it says no. */
  drop(): void
  dropBefore: (command: string) => boolean
  close(): Promise<void>
}

export async function startImap(password = 'secret'): Promise<ImapStandIn> {
  const mailboxes = new Map<string, Kept[]>([['INBOX', []]])
  const sockets = new Set<Socket>()
  const idling = new Map<Socket, string>()
  const commands: string[] = []
  let lastUid = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      idling.delete(socket)
    })
    socket.write('* OK [CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS] here\r\n')
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        answer(socket, line)
      }
    })
  })

  const inbox = () => mailboxes.get('INBOX') ?? []
  function answer(socket: Socket, line: string): void {
    const idle = idling.get(socket)
    if (line.toUpperCase() === 'DONE' && idle) {
      idling.delete(socket)
      socket.write(`${idle} OK done\r\n`)
      return
    }
    const [, tag = '*', name = '', rest = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/i.exec(line) ?? []
    const command = name.toUpperCase()
    commands.push(command === 'LOGIN' ? command : `${command} ${rest}`.trim())
    if (standIn.dropBefore(command)) {
      socket.destroy()
      return
    }
    const say = (...lines: string[]) => socket.write([...lines, ''].join('\r\n'), 'latin1')
    const ok = (...lines: string[]) => say(...lines, `${tag} OK done`)
    switch (command) {
      case 'CAPABILITY':
        return void ok('* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS')
      case 'LOGIN':
        return void (rest.includes(password) ? ok() : say(`${tag} NO [AUTHENTICATIONFAILED] wrong`))
      case 'LIST':
      case 'LSUB':
        // An empty name asks for the sign between levels alone.
        return void (rest === '"" ""'
          ? ok('* LIST (\\Noselect) "/" ""')
          : ok(...[...mailboxes.keys()].map((path) => `* ${command} () "/" "${path}"`)))
      case 'CREATE':
        mailboxes.set(rest.replaceAll('"', ''), [])
        return void ok()
      case 'SELECT':
        return void ok(
          '* FLAGS (\\Seen \\Deleted)',
          `* ${inbox().length} EXISTS`,
          '* OK [UIDVALIDITY 1] ids',
          `* OK [UIDNEXT ${lastUid + 1}] next`,
        )
      case 'UID SEARCH':
        return void ok(
          `* SEARCH ${inbox()
            .map(({ uid }) => uid)
            .join(' ')}`.trim(),
        )
      case 'UID FETCH': {
        const uid = Number(rest.split(' ')[0])
        const at = inbox().findIndex((mail) => mail.uid === uid)
        const raw = inbox()[at]?.raw ?? ''
        const body = /BODY\.PEEK\[\](?:<0\.(\d+)>)?/i.exec(rest)
        const part = raw.slice(0, Number(body?.[1] ?? raw.length))
        if (at < 0) return void ok()
        const facts = `UID ${uid} RFC822.SIZE ${raw.length} INTERNALDATE "01-Jul-2026 09:00:00 +0000"`
        return void ok(
          `* ${at + 1} FETCH (${facts} BODY[]${body?.[1] ? '<0>' : ''} {${part.length}}\r\n${part})`,
        )
      }
      case 'UID MOVE': {
        const [, uid = '', path = ''] = /^(\d+) "?([^"]*)"?$/.exec(rest) ?? []
        const at = inbox().findIndex((mail) => mail.uid === Number(uid))
        const [mail] = at < 0 ? [] : inbox().splice(at, 1)
        if (mail) mailboxes.get(path)?.push(mail)
        return void ok(...(mail ? [`* ${at + 1} EXPUNGE`] : []))
      }
      case 'IDLE':
        idling.set(socket, tag)
        return void say('+ idling')
      case 'LOGOUT':
        return void socket.end(`* BYE\r\n${tag} OK done\r\n`)
      default:
        return void ok()
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const standIn: ImapStandIn = {
    url: `imap://papers:${password}@127.0.0.1:${port}/INBOX`,
    mailboxes,
    commands,
    connections: () => sockets.size,
    deliver: (raw) => {
      inbox().push({ uid: (lastUid += 1), raw: raw.replaceAll(/\r?\n/g, '\r\n') })
      for (const socket of idling.keys()) socket.write(`* ${inbox().length} EXISTS\r\n`)
    },
    drop: () => {
      for (const socket of sockets) socket.destroy()
    },
    dropBefore: () => false,
    close: async () => {
      standIn.drop()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return standIn
}
