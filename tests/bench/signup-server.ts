/** A server of its own process that takes sign-ups, and one sign-up. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { boundless } from '../support/readers.js'
import type { Context } from './lane.js'

const program = fileURLToPath(new URL('./processes/signup-server.mjs', import.meta.url))

/** Each answer of ours waits for a step of ten milliseconds, so it takes many at once to keep both servers busy. */
export const connections = 400

export type SignupServer = { port: number; child: ChildProcess; agent: Agent }

export async function startSignups({ databaseUrl }: Context, kind: 'ours' | 'bare'): Promise<SignupServer> {
  const child = fork(program, { env: { ...process.env, NODE_ENV: 'production' } })
  child.send({ kind, databaseUrl, limits: boundless })
  const died = once(child, 'exit').then(() => {
    throw new Error('the server that was to be measured died')
  })
  const [{ port }] = (await Promise.race([once(child, 'message'), died])) as [{ port: number }]
  died.catch(() => {})
  return { port, child, agent: new Agent({ keepAlive: true, maxSockets: connections }) }
}

export async function stopSignups({ child, agent }: SignupServer): Promise<void> {
  agent.destroy()
  child.send('stop')
  await once(child, 'exit')
}

export function signUp(
  { port, agent }: SignupServer,
  email: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const payload = JSON.stringify({ email })
    const sent = request(
      {
        port,
        agent,
        host: '127.0.0.1',
        method: 'POST',
        path: '/api/v1/subscribers',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
      },
      (answer) => {
        let body = ''
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
      },
    )
    sent.on('error', reject)
    sent.end(payload)
  })
}
