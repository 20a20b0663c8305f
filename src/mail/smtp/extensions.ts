/** What a relay said it can do (EHLO, RFC 5321 4.1.1.1), and what that means for one message. */
import { isAscii } from '../message/headers.js'
import type { Envelope } from '../mailer/mailer.js'
import type { Reply } from './reply.js'

/** Parameters by keyword, in capitals. */
export type Extensions = ReadonlyMap<string, string>

export function extensionsOf(greeting: Reply): Extensions {
  const lines = greeting.code === 250 ? greeting.lines.slice(1) : []
  return new Map(
    lines.map((line) => {
      const [name = '', ...rest] = line.trim().split(/\s+/)
      return [name.toUpperCase(), rest.join(' ')]
    }),
  )
}

/**
 * What a relay cannot carry is refused before it is offered, in the words it would use.
 * @param size in octets
 */
export function refusalAhead(extensions: Extensions, { from, to }: Envelope, size: number): Reply | null {
  const limit = Number(extensions.get('SIZE') ?? 0)
  if (limit > 0 && size > limit) return ownReply(552, '5.3.4 the message is larger than the relay takes')
  if (isAscii(from + to) || extensions.has('SMTPUTF8')) return null
  return ownReply(553, '5.6.7 the relay takes no address beyond ASCII')
}

/** The parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152) and SMTPUTF8 (RFC 6531). */
export function parametersOf(extensions: Extensions, addresses: string, size: number): string {
  const utf8 = !isAscii(addresses)
  return (
    (extensions.has('SIZE') ? ` SIZE=${size}` : '') +
    (utf8 && extensions.has('8BITMIME') ? ' BODY=8BITMIME' : '') +
    (utf8 ? ' SMTPUTF8' : '')
  )
}

const ownReply = (code: number, text: string): Reply => ({ code, text, lines: [text] })
