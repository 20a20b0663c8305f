/** One message after another over one connection, with a mark of how far each came. */
import type { EquippedRelay } from './equip.js'
import { type Extensions, extensionsOf, parametersOf, refusalAhead } from './extensions.js'
import { type Line, openLine, type Wire } from './connection.js'
import type { Envelope } from '../mailer/mailer.js'
import type { Reply } from './reply.js'
import { endOfData, sizeOf, stuffDots } from './dot-stuffing.js'
import { oneLine } from '../../format/text/one-line.js'

/** `whole`: the system had taken the final dot, so that the relay may have the message. */
type Stage = 'envelope' | 'body' | 'whole'

const outOfSequence = 503

/** A message that comes next, for what is said of it before its turn. */
type Announcement = { envelope: Envelope; message: Buffer[] }

/** How one message fared. */
export type Fate =
  | { kind: 'answered'; reply: Reply; ofSender?: boolean }
  | {
      kind: 'lost'
      stage: Stage
      fault: string
      /** Nothing was answered in time to what had been said of it behind the final dot of another. */
      unheard: boolean
    }

/** The refusal of an envelope, and whether it answered MAIL. */
type Offered = { reply: Reply; ofSender: boolean }

/** @throws Error with the reason when the relay is not reached, or refuses TLS or the login. */
export async function openSession(relay: EquippedRelay): Promise<Session> {
  const line = await openLine(relay)
  try {
    // Nodemailer keeps what EHLO said to itself, so it is asked again; RFC 5321 4.1.4 allows that.
    return new Session(line, extensionsOf(await line.ask(`EHLO ${line.clientName}\r\n`)))
  } catch (error) {
    line.end(error as Error)
    throw error
  }
}

export class Session {
  /** Messages begun on it. */
  served = 0
  readonly #line: Line
  readonly #extensions: Extensions
  #needsReset = false
  /** The message whose MAIL, RCPT and DATA went out with the end of the one before. */
  #announced: Buffer[] | null = null

  constructor(line: Line, extensions: Extensions) {
    this.#line = line
    this.#extensions = extensions
  }

  /** Calls back once when the connection is closed, so that the relay counts it no more. */
  onClose(callback: () => void): void {
    this.#line.onClose(callback)
  }

  /** How it is secured, and as whom we said hello. */
  wire(): Wire & { clientName: string } {
    return { ...this.#line.wire(), clientName: this.#line.clientName }
  }

  alive(): boolean {
    return this.#line.lost === null
  }

  /** Whether EHLO was answered with that extension. */
  offers(extension: string): boolean {
    return this.#extensions.has(extension)
  }

  close(): void {
    if (!this.alive()) return
    this.#line.socket.write('QUIT\r\n')
    this.#line.end(new Error('closed'))
  }

  /** Whether the relay was told of it, so that it has to be the next one. */
  awaits(message: Buffer[]): boolean {
    return this.#announced === message
  }

  /**
   * Not to be called again before it has resolved.
   * @param following looked at when the body is written: the message after this one, if it is there by then.
   */
  async deliver(
    envelope: Envelope,
    message: Buffer[],
    following: () => Announcement | null = () => null,
  ): Promise<Fate> {
    this.served += 1
    const unfit = refusalAhead(this.#extensions, envelope, sizeOf(message))
    if (unfit) return { kind: 'answered', reply: unfit }
    let stage: Stage = 'envelope'
    const ahead = this.awaits(message)
    try {
      const refusal = await this.#offer(envelope, message)
      if (refusal) return this.#refused(refusal.reply, refusal.ofSender)
      stage = 'body'
      const reply = await this.#sendBody(message, this.#announcing(following()), () => {
        stage = 'whole'
      })
      return isRefusal(reply) ? this.#refused(reply) : { kind: 'answered', reply }
    } catch (error) {
      const unheard = ahead && stage === 'envelope' && isTimeout(error)
      return { kind: 'lost', stage, fault: faultOf(error), unheard }
    }
  }

  #refused(reply: Reply, ofSender = false): Fate {
    this.#needsReset = true
    return { kind: 'answered', reply, ofSender }
  }

  /**
   * What may be written behind the final dot: RFC 2920 lets commands follow it in one group, and leaves nothing
   * of a refused message for RSET to clear away.
   */
  #announcing(following: Announcement | null): string {
    if (!following || !this.offers('PIPELINING')) return ''
    const { envelope, message } = following
    if (refusalAhead(this.#extensions, envelope, sizeOf(message))) return ''
    this.#announced = message
    return this.#offerOf(envelope, message).join('')
  }

  #offerOf({ from, to }: Envelope, message: Buffer[]): string[] {
    return [
      `MAIL FROM:<${from}>${parametersOf(this.#extensions, from + to, sizeOf(message))}\r\n`,
      `RCPT TO:<${to}>\r\n`,
      'DATA\r\n',
    ]
  }

  /** @returns the refusal, or null when the relay awaits the body. */
  async #offer(envelope: Envelope, message: Buffer[]): Promise<Offered | null> {
    const ahead = this.awaits(message)
    if (!ahead) {
      const commands = this.#offerOf(envelope, message)
      if (!this.offers('PIPELINING')) return this.#offerStepByStep(commands)
      this.#line.socket.write(`${this.#needsReset ? 'RSET\r\n' : ''}${commands.join('')}`)
      if (this.#needsReset) await this.#line.reply()
    }
    this.#announced = null
    this.#needsReset = false
    const refusal = await this.#readOffered()
    if (!ahead || !refusal?.ofSender || refusal.reply.code !== outOfSequence) return refusal
    // Some relays keep the envelope of a message they refused until RSET, which an announcement leaves out.
    this.#needsReset = true
    return this.#offer(envelope, message)
  }

  async #readOffered(): Promise<Offered | null> {
    const line = this.#line
    const replies: Reply[] = []
    for (let step = 0; step < 3; step += 1) {
      const reply = this.#inStep(await line.reply(), step < 2 ? 2 : 3)
      replies.push(reply)
      if (reply.code === 421) break
    }
    const reply = replies.find(isRefusal)
    if (!reply) return null
    const ofSender = reply === replies[0]
    if (replies[2] && !isRefusal(replies[2])) await this.#takeDataBack(ofSender)
    return { reply, ofSender }
  }

  async #offerStepByStep(commands: string[]): Promise<Offered | null> {
    if (this.#needsReset) await this.#line.ask('RSET\r\n')
    this.#needsReset = false
    for (const [step, command] of commands.entries()) {
      const reply = this.#inStep(await this.#line.ask(command), step < 2 ? 2 : 3)
      if (isRefusal(reply)) return { reply, ofSender: command === commands[0] }
    }
    return null
  }

  /** The relay took DATA though it has nobody to send to: it gets an empty body, which goes nowhere. */
  async #takeDataBack(noSender: boolean): Promise<void> {
    if (noSender) this.#line.end(new Error('the relay took DATA after it had refused the sender'))
    else await this.#line.ask('.\r\n')
  }

  async #sendBody(message: Buffer[], behind: string, onWhole: () => void): Promise<Reply> {
    const { socket } = this.#line
    socket.cork()
    for (const buffer of stuffDots(message)) socket.write(buffer)
    socket.write(endOfData(message), (error) => {
      if (!error) onWhole()
    })
    if (behind !== '') socket.write(behind)
    socket.uncork()
    return this.#inStep(await this.#line.reply(), 2)
  }

  /** @throws Error for an answer that neither refuses nor is of that kind (RFC 5321 4.2.1): what follows would be misread. */
  #inStep(reply: Reply, kind: 2 | 3): Reply {
    if (isRefusal(reply) || Math.floor(reply.code / 100) === kind) return reply
    const fault = new Error(`the relay answered out of step: ${reply.code} ${reply.text}`)
    this.#line.end(fault)
    throw fault
  }
}

function isRefusal(reply: Reply): boolean {
  return reply.code >= 400
}

/** As nodemailer marks it. */
const isTimeout = (error: unknown): boolean => (error as { code?: unknown }).code === 'ETIMEDOUT'

/** The reason in one line, without addresses. */
export function faultOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return oneLine(text)
    .replaceAll(/\S+@\S+/g, '…')
    .slice(0, 300)
}
