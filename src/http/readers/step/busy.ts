/** Whether a mail that somebody with a link of ours asked for was refused for now. */
import type { FastifyReply } from 'fastify'
import { Problem } from '../../../errors.js'

/**
 * Says when to come back. A proof of work is for those who come with nothing; whoever holds a link just waits.
 * @throws what is no refusal of that kind.
 */
export async function busyOf(asked: Promise<void>, reply: FastifyReply): Promise<boolean> {
  try {
    await asked
    return false
  } catch (error) {
    const busy =
      error instanceof Problem && ['precondition-required', 'too-many-requests'].includes(error.code)
    if (!busy) throw error
    reply.header('retry-after', error.retryAfter ?? 60)
    return true
  }
}
