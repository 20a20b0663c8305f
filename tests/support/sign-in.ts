/** Signs in to the desk as its form does. */
import type { FastifyInstance } from 'fastify'

/** @returns the cookie of the session, ready to be sent. */
export async function signIn(app: FastifyInstance, key: string): Promise<string> {
  const answer = await app.inject({
    method: 'POST',
    url: '/admin/sign-in',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      host: 'desk.test',
      origin: 'http://desk.test',
    },
    payload: new URLSearchParams({ key }).toString(),
  })
  if (answer.statusCode !== 303) throw new Error(`the sign-in was answered ${answer.statusCode}`)
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}
