/** Takes mail over LMTP or SMTP (RFC 2033, 5321): each is written down before it is answered 250. */
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { InboundListen } from '../../config/inbound.js'
import { messageOf } from '../../errors.js'
import type { Services } from '../../services.js'
import { bytesRead } from '../opening/bounds.js'
import { type Pace, unpaced } from '../taking/pace.js'
import { takeIn } from '../taking/take-in.js'
import { isOwnAddress } from './own-address.js'
import { PeerLimits } from './peer-limits.js'

export type Listener = {
  /** Where it really listens, which a port of 0 leaves open until now. */
  port: number
  /** Takes nothing new; what is being written down is answered. */
  close(): Promise<void>
}

type ListenServices = Pick<Services, 'db' | 'clock' | 'log'>

/** Of a mail that is larger nothing is taken; returned copies of ours are far smaller. */
const largestMail = 50 * 1024 * 1024
const mostRecipients = 100
const mostConnections = 100
const idleMs = 60_000
const closeMs = 5_000

/**
 * @param taken - is told of each mail that was written down
 * @throws when it cannot listen there.
 */
export async function listenForMail(
  services: ListenServices,
  { protocol, host, port }: InboundListen,
  returnAddress: string,
  taken: () => void,
  pace: Pace = unpaced,
): Promise<Listener> {
  const peers = new PeerLimits(services.clock)
  const server = new SMTPServer({
    lmtp: protocol === 'lmtp',
    banner: 'Daily Papers takes what comes back',
    // Behind a mail server, or for reports that are in clear anyway: there is no certificate to offer.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: largestMail,
    maxClients: mostConnections,
    socketTimeout: idleMs,
    closeTimeout: closeMs,
    onConnect({ id, remoteAddress }, done) {
      if (peers.connect(id, remoteAddress)) done()
      else done(refusal(421, '4.7.0 Too many connections from your network'))
    },
    onClose({ id }) {
      peers.close(id)
    },
    onMailFrom(_address, { remoteAddress }, done) {
      if (peers.mail(remoteAddress)) done()
      else done(refusal(450, '4.7.0 Too many mails from your network, come again later'))
    },
    onRcptTo({ address }, { envelope }, done) {
      if (!isOwnAddress(returnAddress, address)) done(refusal(550, '5.1.1 No such address here'))
      else if (envelope.rcptTo.length >= mostRecipients) done(refusal(452, '4.5.3 Too many recipients'))
      else done()
    },
    onData(stream, session, done) {
      take(services, pace, protocol, stream, session, peers).then(
        (answer) => {
          taken()
          answerAll(protocol, session, done, answer)
        },
        (error: unknown) => answerAll(protocol, session, done, faultOf(services, error)),
      )
    },
  })
  server.on('error', (error) =>
    services.log.debug({ fault: messageOf(error) }, 'a connection with mail was lost'),
  )
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

type Answer = Error | string

async function take(
  { db, clock }: ListenServices,
  pace: Pace,
  via: InboundListen['protocol'],
  stream: Readable & { sizeExceeded?: boolean },
  { envelope, remoteAddress }: SMTPServerSession,
  peers: PeerLimits,
): Promise<Answer> {
  const { raw, size } = await headOf(stream)
  peers.kept(remoteAddress, raw.length)
  if (stream.sizeExceeded) return refusal(552, `5.3.4 More than ${largestMail} bytes`)
  const mail = {
    via,
    raw,
    size,
    sentTo: envelope.rcptTo.map(({ address }) => address),
    nullSender: !envelope.mailFrom || envelope.mailFrom.address === '',
    once: null,
    at: clock.now(),
  }
  const state = await pace.run(() => db.transaction('request', (tx) => takeIn(tx, mail)))
  return state === 'known' ? '2.0.0 This one is known' : '2.0.0 Written down'
}

/** Keeps as much as is read, and lets the rest pass by. */
async function headOf(stream: Readable): Promise<{ raw: Buffer; size: number }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < bytesRead) chunks.push(chunk)
    size += chunk.length
  }
  return { raw: Buffer.concat(chunks).subarray(0, bytesRead), size }
}

type Done = (error?: Error | null, message?: string | (Error | string)[]) => void

/** LMTP answers for each recipient by itself. */
function answerAll(
  protocol: InboundListen['protocol'],
  { envelope }: SMTPServerSession,
  done: Done,
  answer: Answer,
): void {
  if (protocol === 'lmtp')
    done(
      null,
      envelope.rcptTo.map(() => answer),
    )
  else if (answer instanceof Error) done(answer)
  else done(null, answer)
}

/** The sender comes again later. */
function faultOf({ log }: ListenServices, error: unknown): Error {
  log.warn({ fault: messageOf(error) }, 'a mail could not be written down, its sender is told to come again')
  return refusal(451, '4.3.0 It cannot be written down at the moment')
}

const refusal = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode })
