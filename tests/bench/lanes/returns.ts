/** Bounces that are taken in while an edition goes out: what they cost its pace. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../src/clock.js'
import { secretsOf } from '../../../src/config/secrets.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { ownToken } from '../../../src/deliveries/returns/return-path.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { dsn } from '../../support/returned-mails.js'
import type { Context, Lane } from '../lane.js'
import { compiled } from '../mail.js'
import { openSink, type Sink } from '../sink.js'
import { benchSecret, clear, sendWith } from '../workers.js'

const command = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url))
const port = 20_000 + (process.pid % 20_000)
const connections = 10

export const returns: Lane = {
  name: 'returns',
  run: async (context) => {
    const messages = context.readers ?? (context.quick ? 5_000 : 30_000)
    const bounces = Math.ceil(messages / 3)
    const sink = await openSink()
    const inbound = await startInbound(context)
    try {
      await editionAlone(context, sink, messages)
      const alone = await editionAlone(context, sink, messages)
      const came = await returning(context, bounces)
      const { edition, readers } = await due(context, messages)
      const began = performance.now()
      let takenAt = 0
      const taken = handInAll(came).then(() => (takenAt = performance.now()))
      const beside = await sendWith(context, { sink, editionId: edition, messages: readers, workers: 1 })
      const sentAt = performance.now()
      await taken
      await judged(context, bounces)
      const seconds = (performance.now() - began) / 1000
      context.tell(
        `${bounces} bounces: taken in ${((takenAt - began) / 1000).toFixed(1)} s, judged in ${seconds.toFixed(1)} s; edition out in ${((sentAt - began) / 1000).toFixed(1)} s`,
      )
      await clear(context.db)
      await context.db.sql('TRUNCATE inbound_mail, verdict, suppression CASCADE')
      return [
        {
          lane: `one worker, while ${bounces} bounces come in`,
          value: beside.perSecond,
          unit: 'messages/s',
          peer: 'one worker',
          ratio: beside.perSecond / alone,
          target: '>= 0.9',
        },
        { lane: 'bounces, taken in and judged', value: bounces / seconds, unit: 'bounces/s' },
      ]
    } finally {
      inbound.kill('SIGTERM')
      await once(inbound, 'exit')
      sink.close()
    }
  },
}

async function startInbound({ databaseUrl, folder }: Context) {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    DATA_DIR: `${folder}/inbound`,
    SECRET_KEY: benchSecret,
    RETURN_ADDRESS: 'bounce@b.example',
    INBOUND_LISTEN: `smtp://127.0.0.1:${port}`,
    LOG_LEVEL: 'warn',
  }
  const child = spawn(process.execPath, [command, 'inbound'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

async function due({ db }: Context, messages: number): Promise<{ edition: number; readers: number }> {
  await addReaders(db, messages, {
    domains: ['one.example', 'two.example', 'three.example'],
    prefix: `n${Math.floor(performance.now())}-`,
  })
  const edition = await addEdition(db, { sendAt: new Date(), compiled })
  await fanOut({ db, clock: systemClock, config: { timezone: 'UTC', canaryPercent: 0 } }, edition)
  const [row] = await db.sql<{ readers: number }>('SELECT edition_owed($1) AS readers', [edition])
  await db.sql('VACUUM ANALYZE')
  return { edition, readers: row?.readers ?? 0 }
}

async function editionAlone(context: Context, sink: Sink, messages: number): Promise<number> {
  const { edition, readers } = await due(context, messages)
  const { perSecond } = await sendWith(context, { sink, editionId: edition, messages: readers, workers: 1 })
  await clear(context.db)
  return perSecond
}

/** Of an edition that went out before, to readers of their own. */
async function returning({ db }: Context, bounces: number): Promise<{ to: string; raw: string }[]> {
  const secrets = secretsOf(benchSecret)
  const editionId = await addEdition(db, { sendAt: new Date() })
  const readers = await addReaders(db, bounces, {
    domains: ['gone.example'],
    prefix: 'gone',
    status: 'unsubscribed',
  })
  return readers.map((subscriberId, n) => {
    const token = ownToken(secrets, 'bounce', { editionId, subscriberId, epoch: 0 })
    const from = `bounce+${token}@b.example`
    const to = `gone${n + 1}@gone.example`
    return { to: from, raw: dsn({ from, to, message: `To: <${to}>\r\nSubject: Papers\r\n\r\n` }) }
  })
}

/** All at once, over a few connections that hand in one after another. */
async function handInAll(mails: { to: string; raw: string }[]): Promise<void> {
  const waiting = [...mails]
  await Promise.all(Array.from({ length: connections }, () => handIn(waiting)))
}

async function handIn(waiting: { to: string; raw: string }[]): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  const say = conversation(socket)
  await say(null)
  await say('EHLO mx.example')
  for (let mail = waiting.pop(); mail; mail = waiting.pop()) {
    await say('MAIL FROM:<>')
    await say(`RCPT TO:<${mail.to}>`)
    await say('DATA')
    const answer = await say(`${mail.raw.replaceAll(/\r?\n/g, '\r\n')}\r\n.`)
    if (!answer.startsWith('250')) throw new Error(`a bounce was refused: ${answer}`)
  }
  socket.end('QUIT\r\n')
}

/** @returns the last line of each answer. */
function conversation(socket: Socket): (line: string | null) => Promise<string> {
  let text = ''
  let answered = (_answer: string) => {}
  let failed = (_error: Error) => {}
  socket.on('error', (error) => failed(error))
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    const last = /^\d{3} [^\r\n]*\r\n$/m.exec(text)?.[0]
    if (last === undefined) return
    text = ''
    answered(last)
  })
  return (line) =>
    new Promise((resolve, reject) => {
      answered = resolve
      failed = reject
      if (line !== null) socket.write(`${line}\r\n`)
    })
}

async function judged({ db }: Context, bounces: number): Promise<void> {
  for (let left = bounces; left > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    const [row] = await db.sql<{ left: number }>(
      `SELECT ($1 - count(*) FILTER (WHERE state = 'judged'))::int AS left FROM inbound_mail`,
      [bounces],
    )
    left = row?.left ?? 0
  }
}
