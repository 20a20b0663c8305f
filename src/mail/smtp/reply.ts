/** Reads SMTP replies (RFC 5321 4.2) out of a stream of bytes. */

import { StringDecoder } from 'node:string_decoder'

/** The text of all lines, joined by a space each, without the codes. */
export type Reply = { code: number; text: string; lines: string[] }

const sizeLimit = 64 * 1024

/** Throws on what is no SMTP; a connection that saw that is of no more use. */
export class ReplyReader {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #lines: string[] = []

  /** @returns the replies that are complete with these bytes, in order. */
  read(bytes: Buffer): Reply[] {
    const text = this.#rest + this.#decoder.write(bytes)
    const lines = text.split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > sizeLimit || this.#lines.length > 1000) throw new Error('a reply without an end')
    const replies: Reply[] = []
    for (const line of lines) this.#take(line.replace(/\r$/, ''), replies)
    return replies
  }

  #take(line: string, replies: Reply[]): void {
    const match = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line)
    if (!match) throw new Error('an answer that is not SMTP')
    this.#lines.push(match[3] ?? '')
    if (match[2] === '-') return
    replies.push({ code: Number(match[1]), text: this.#lines.join(' ').slice(0, 2000), lines: this.#lines })
    this.#lines = []
  }
}
