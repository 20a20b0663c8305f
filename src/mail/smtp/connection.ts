/** The wire to one relay: nodemailer opens, secures and logs in; then replies are read here, in order. */
import { connect, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { createTransport } from 'nodemailer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import XOAuth2 from 'nodemailer/lib/xoauth2'
import type { EquippedRelay } from './equip.js'
import { type Reply, ReplyReader } from './reply.js'

const setUpTimeoutMs = 10_000

/** @throws Error with the reason when the relay is not reached, or refuses TLS or the login. */
export async function openLine(relay: EquippedRelay): Promise<Line> {
  const connection = new SMTPConnection({
    connection: await socketTo(relay),
    name: relay.clientName,
    host: relay.host,
    port: relay.port,
    secure: relay.secure,
    requireTLS: relay.startTls === 'required' && !relay.secure,
    ignoreTLS: relay.startTls === 'off',
    opportunisticTLS: relay.startTls === 'optional',
    tls: { rejectUnauthorized: relay.startTls === 'required' },
    connectionTimeout: setUpTimeoutMs,
    greetingTimeout: setUpTimeoutMs,
    socketTimeout: relay.timeout * 1000,
    socketCloseTimeout: 1000,
  })
  await settled(connection, (done) => connection.connect(done))
  if (relay.login) await logIn(connection, relay, relay.login)
  return new Line(connection)
}

async function logIn(
  connection: SMTPConnection,
  { auth, tokens }: EquippedRelay,
  login: { user: string; pass: string },
): Promise<void> {
  if (auth !== 'xoauth2') {
    const method = auth?.toUpperCase()
    return settled(connection, (done) => connection.login({ ...login, method }, done))
  }
  if (!tokens) throw new Error('OAUTH_TOKEN_URL is not set')
  const token = await tokens.get().catch((error: unknown) => {
    connection.close()
    throw error
  })
  const oauth2 = new XOAuth2({ user: login.user, accessToken: token })
  try {
    await settled(connection, (done) => connection.login({ user: login.user, oauth2 }, done))
  } catch (error) {
    tokens.forget(token)
    throw error
  }
}

/** A connection that nodemailer would not make by itself. */
function socketTo(relay: EquippedRelay): Promise<Socket | undefined> {
  if (relay.proxy !== null) return socketThrough(relay, relay.proxy)
  return relay.host === 'localhost' ? socketToLoopback(relay.port) : Promise.resolve(undefined)
}

/** RFC 6761 6.3: `localhost` is loopback, of IPv4 as of IPv6, whatever the resolver says. */
function socketToLoopback(port: number): Promise<Socket> {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: 'localhost',
      port,
      autoSelectFamily: true,
      lookup: (_host, _options, done) => done(null, addresses),
    })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.removeListener('error', reject)
      resolve(socket)
    })
  })
}

/** Nodemailer's own way through a proxy, which it keeps with its transports. */
function socketThrough({ host, port }: EquippedRelay, proxy: string): Promise<Socket | undefined> {
  const { getSocket } = createTransport({ host, port, proxy, connectionTimeout: setUpTimeoutMs })
  return new Promise((resolve, reject) => {
    if (!getSocket) return reject(new Error('the proxy cannot be used'))
    getSocket({ host, port }, (error, found) => {
      if (error) reject(error)
      else resolve(found ? found.connection : undefined)
    })
  })
}

/** A step of nodemailer's as a promise; a connection whose step failed is closed. */
function settled(
  connection: SMTPConnection,
  step: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      connection.close()
      reject(error)
    }
    connection.once('error', fail)
    step((error) => {
      if (error) return fail(error)
      connection.removeListener('error', fail)
      resolve()
    })
  })
}

/** How the wire is kept secret. */
export type Wire =
  | { tls: false }
  | {
      tls: true
      /** What is wrong with the relay's certificate; null when nothing is. */
      certificateFault: string | null
      /** When it ends. */
      until: Date
    }

/** Errors, time-outs and closing stay with nodemailer; what the relay says comes here. */
export class Line {
  readonly socket: Socket
  /** How we named ourselves. */
  readonly clientName: string
  /** Why it is gone; null while it stands. */
  lost: Error | null = null
  readonly #connection: SMTPConnection
  readonly #replies: Reply[] = []
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | null = null

  constructor(connection: SMTPConnection) {
    if (!connection._socket) throw new Error('the connection was lost while it was set up')
    this.#connection = connection
    this.clientName = connection.name
    this.socket = connection._socket
    const reader = new ReplyReader()
    this.socket.removeAllListeners('data')
    this.socket.on('data', (bytes: Buffer) => this.#hear(reader, bytes))
    connection.on('error', (error: Error) => this.end(error))
    connection.on('end', () => this.end(new Error('the relay closed the connection')))
  }

  /** As it is, whatever was asked for. */
  wire(): Wire {
    if (!(this.socket instanceof TLSSocket)) return { tls: false }
    // Named as an error, and a string at times.
    const fault: unknown = this.socket.authorizationError
    const reason = fault instanceof Error ? fault.message : String(fault)
    const until = new Date(this.socket.getPeerCertificate().valid_to)
    return { tls: true, certificateFault: this.socket.authorized ? null : reason, until }
  }

  /** Calls back once when the connection is closed, so that the relay counts it no more. */
  onClose(callback: () => void): void {
    if (this.socket.closed) callback()
    else this.socket.once('close', callback)
  }

  /** The next reply; rejects when the connection is lost first. */
  reply(): Promise<Reply> {
    const ready = this.#replies.shift()
    if (ready) return Promise.resolve(ready)
    if (this.lost) return Promise.reject(this.lost)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  ask(command: string): Promise<Reply> {
    this.socket.write(command)
    return this.reply()
  }

  /** Closes it for that reason; whoever waits for a reply gets it. */
  end(reason: Error): void {
    this.lost ??= reason
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.reject(this.lost)
    this.#connection.close()
  }

  #hear(reader: ReplyReader, bytes: Buffer): void {
    try {
      for (const reply of reader.read(bytes)) this.#take(reply)
    } catch (error) {
      this.end(error as Error)
    }
  }

  #take(reply: Reply): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting) waiting.resolve(reply)
    else this.#replies.push(reply)
    // RFC 5321 3.8: after 421 the relay closes, whatever was asked; the reply itself has been handed on.
    if (reply.code === 421) this.end(new Error(`the relay closed the connection: 421 ${reply.text}`))
  }
}
