/** Sending: nodemailer's pool, Postfix's smtp-source, and the whole path from frozen edition to settled ledger. */
import { execFile, fork } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemClock } from '../../../src/clock.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { assembleMail, prepareMail } from '../../../src/mail/message/assemble.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import type { Context, Lane, Row } from '../lane.js'
import { compiled, plain } from '../mail.js'
import { openSink, type Sink } from '../sink.js'
import { clear, connections, type SendRequest, type Sent, sendWith } from '../workers.js'

const run = promisify(execFile)
const smtpSource = '/usr/sbin/smtp-source'
const nodemailer = fileURLToPath(new URL('../processes/nodemailer.mjs', import.meta.url))

export const sending: Lane = {
  name: 'sending',
  run: async (context) => {
    // Long enough that what a process learns in its first second does not count.
    const messages = context.quick ? 1_000 : 30_000
    const { variables, dkim } = await signingKey(context)
    const sink = await openSink()
    context.tell(`sending ${messages} messages of ${await sizeOfMail()} bytes to ${sink.name}`)
    const few = Math.ceil(messages / 10)
    const peer = await byNodemailer(context, sink, few)
    const peerSigned = await byNodemailer(context, sink, few, dkim)
    const source = existsSync(smtpSource) ? await bySmtpSource(context, sink, messages) : null
    const ours = (options: Partial<SendRequest>, name: string) => byUs(context, sink, messages, options, name)
    // A cluster that was just made has its WAL files to make, for which no later edition waits.
    await ours({}, 'warm-up')
    const one = await ours({}, 'one worker')
    const own = await ours({ personalised: true }, 'one worker, personalised')
    const signed = await ours({ dkim: variables }, 'one worker, signed')
    const two = await ours({ workers: 2 }, 'two workers')
    const twoSigned = await ours({ workers: 2, dkim: variables }, 'two workers, signed')
    sink.close()
    const alone = signaturesPerSecond(dkim.privateKey, context.quick ? 200 : 3_000)
    return [
      row('nodemailer pool, sendMail', peer.perSecond),
      row('nodemailer pool, sendMail with DKIM', peerSigned.perSecond),
      ...(source === null ? [] : [row('smtp-source', source)]),
      against(row('one worker', one.perSecond), 'nodemailer', peer.perSecond, '>= 6'),
      against(
        row('one worker, signed', signed.perSecond),
        'nodemailer with DKIM',
        peerSigned.perSecond,
        '>= 5',
      ),
      against(
        row('one worker, each reader’s own order', own.perSecond),
        'one worker',
        one.perSecond,
        '>= 0.9',
      ),
      source === null
        ? row('two workers', two.perSecond)
        : against(row('two workers', two.perSecond), 'smtp-source', source, '>= 0.75'),
      against(row('two workers, signed', twoSigned.perSecond), 'nodemailer with DKIM', peerSigned.perSecond),
      cpu('CPU of a worker', one.cpuMsPerMessage, 'nodemailer', peer.cpuMsPerMessage),
      cpu(
        'CPU of a worker, signed',
        signed.cpuMsPerMessage,
        'nodemailer with DKIM',
        peerSigned.cpuMsPerMessage,
      ),
      against(row('one worker, signed', signed.perSecond), 'the signature alone, on one core', alone),
      work('worker and Postgres', one),
      work('worker and Postgres, signed', signed),
      {
        lane: 'peak memory of a worker',
        value: Math.max(one.peakMb, signed.peakMb),
        unit: 'MB',
        target: '<= 200',
      },
    ]
  },
}

const row = (lane: string, value: number): Row => ({ lane, value, unit: 'messages/s' })

const work = (lane: string, { perCpuSecond }: Sent): Row => ({
  lane: `work of ${lane}`,
  value: perCpuSecond ?? 0,
  unit: 'messages a CPU second',
})

/** What Node gives for one core when it does nothing else; two cores sign twice as much. */
function signaturesPerSecond(privateKey: string, count: number): number {
  const key = createPrivateKey(privateKey)
  const data = Buffer.alloc(600, 'h')
  const began = performance.now()
  for (let n = 0; n < count; n += 1) sign('sha256', data, key)
  return count / ((performance.now() - began) / 1000)
}

const against = (measured: Row, peer: string, other: number, target?: string): Row => ({
  ...measured,
  peer,
  ratio: measured.value / other,
  ...(target === undefined ? {} : { target }),
})

async function byUs(
  context: Context,
  sink: Sink,
  messages: number,
  options: Partial<SendRequest>,
  name: string,
): Promise<Sent> {
  const { db, tell } = context
  await addReaders(db, messages, { domains: ['one.example', 'two.example', 'three.example'] })
  const editionId = await addEdition(db, { sendAt: new Date(), compiled })
  await fanOut({ db, clock: systemClock, config: { timezone: 'UTC', canaryPercent: 0 } }, editionId)
  await db.sql('VACUUM ANALYZE')
  const sent = await sendWith(context, { sink, editionId, messages, workers: 1, ...options })
  const [left] = await db.sql<{ count: number }>(
    "SELECT count(*)::int AS count FROM mail_owed WHERE status <> 'accepted'",
  )
  if (left?.count !== 0) throw new Error(`${left?.count} deliveries were not accepted`)
  await clear(db)
  tell(`${name}: ${Math.round(sent.perSecond)}/s, ${sent.cpuMsPerMessage.toFixed(2)} ms of CPU a message`)
  return sent
}

/** The share of a core, which tells more than the clock where other programs run beside. */
const cpu = (lane: string, value: number, peer: string, other: number): Row => ({
  lane,
  value,
  unit: 'ms a message',
  peer,
  ratio: value / other,
})

type DkimOptions = { domainName: string; keySelector: string; privateKey: string }

async function byNodemailer(
  { tell }: Context,
  sink: Sink,
  messages: number,
  dkim?: DkimOptions,
): Promise<Pick<Sent, 'perSecond' | 'cpuMsPerMessage'>> {
  const child = fork(nodemailer, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.send({ port: sink.port, messages, connections, mail: plain, dkim })
  const [{ seconds, cpuMs }] = (await once(child, 'message')) as [{ seconds: number; cpuMs: number }]
  const [perSecond, cpuMsPerMessage] = [messages / seconds, cpuMs / messages]
  const name = dkim ? 'nodemailer with DKIM' : 'nodemailer'
  tell(`${name}: ${Math.round(perSecond)}/s, ${cpuMsPerMessage.toFixed(2)} ms of CPU a message`)
  return { perSecond, cpuMsPerMessage }
}

async function bySmtpSource({ tell }: Context, sink: Sink, messages: number): Promise<number> {
  const size = String(await sizeOfMail())
  const options = ['-d', '-s', String(connections), '-m', String(messages), '-l', size]
  const began = performance.now()
  await run(smtpSource, [
    ...options,
    '-f',
    'papers@example.org',
    '-t',
    'reader@one.example',
    `127.0.0.1:${sink.port}`,
  ])
  const perSecond = messages / ((performance.now() - began) / 1000)
  tell(`smtp-source: ${Math.round(perSecond)}/s`)
  return perSecond
}

async function sizeOfMail(): Promise<number> {
  const url = 'https://example.org/u/0123456789'
  const message = await assembleMail(prepareMail(compiled), {
    from: { name: 'Daily Papers', address: 'papers@example.org' },
    to: 'r1@one.example',
    messageId: '1@example.org',
    date: new Date(),
    values: { UNSUBSCRIBE_URL: url, PREFERENCES_URL: url, WEB_URL: url },
  })
  return message.reduce((sum, buffer) => sum + buffer.length, 0)
}

/** One RSA key of 2048 bits for both. */
async function signingKey({
  folder,
}: Context): Promise<{ variables: Record<string, string>; dkim: DkimOptions }> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const file = join(folder, 'dkim.pem')
  await writeFile(file, pem)
  return {
    variables: { DKIM_DOMAIN: 'example.org', DKIM_SELECTOR: 'bench', DKIM_KEY_FILE: file },
    dkim: { domainName: 'example.org', keySelector: 'bench', privateKey: pem },
  }
}
