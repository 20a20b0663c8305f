/** A real SMTP server on loopback that keeps what it takes, parsed back. */
import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { until } from './until.js'

export type Mailbox = {
  url: string
  /** `utf8`: it was sent with SMTPUTF8. */
  mails: { to: string; utf8: boolean; raw: string; mail: ParsedMail }[]
  /** The mails to that address, as soon as there are so many. */
  mailsTo(address: string, count: number): Promise<ParsedMail[]>
  close(): Promise<void>
}

/** @param options.utf8 - whether it offers SMTPUTF8; it does unless told otherwise. */
export async function openMailbox({ utf8 = true } = {}): Promise<Mailbox> {
  const mails: Mailbox['mails'] = []
  const keep = async (to: string, sentUtf8: boolean, raw: Buffer) => {
    mails.push({ to, utf8: sentUtf8, raw: raw.toString(), mail: await simpleParser(raw) })
  }
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    hideSMTPUTF8: !utf8,
    onData(stream, session, done) {
      const to = session.envelope.rcptTo[0]?.address ?? ''
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        void keep(to, session.envelope.smtpUtf8 ?? false, Buffer.concat(chunks))
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const to = (address: string) => mails.filter((one) => one.to === address).map(({ mail }) => mail)
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    mailsTo: async (address, count) => {
      const tell = () => `${to(address).length} mails came instead of ${count}`
      await until(() => to(address).length >= count, { within: 20_000, tell })
      return to(address)
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Every link of a mail, in its HTML, its text and its headers. */
export function linksOf(mail: ParsedMail): string[] {
  const html = (mail.html || '').matchAll(/(?:href|src)="([^"]+)"/g)
  const text = (mail.text ?? '').matchAll(/https?:\/\/\S+/g)
  const headers = mail.headerLines.flatMap(({ line }) => [...line.matchAll(/<(https?:[^>]+)>/g)])
  const found = [...html, ...headers].map((match) => match[1] ?? '').concat([...text].map(([url]) => url))
  return [...new Set(found.map((url) => url.replaceAll('&amp;', '&')))]
}
