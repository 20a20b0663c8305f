/** One paper as arXiv knows it, for somebody who waits for the answer. */
import { Problem } from '../../../errors.js'
import { SourceError } from '../../source.js'
import { type ArxivOptions, type ArxivServices, lookUp } from './client.js'
import type { ArxivEntry } from './feed.js'
import { noteAnswer } from './turn.js'

/**
 * Takes its turn as every question to arXiv does, and keeps the answer.
 * @throws Problem `unprocessable` for a paper that arXiv does not know or that was withdrawn, `unavailable`
 * when arXiv gives no answer.
 */
export async function findOnArxiv(
  services: ArxivServices,
  id: string,
  options: ArxivOptions,
): Promise<ArxivEntry> {
  const entry = (await ask(services, id, options)).get(id)
  if (!entry) throw new Problem('unprocessable', `arXiv knows no paper ${id}.`)
  if (entry.withdrawn) throw new Problem('unprocessable', `The paper ${id} was withdrawn from arXiv.`)
  return entry
}

async function ask(services: ArxivServices, id: string, options: ArxivOptions) {
  const { db, clock } = services
  try {
    // One repetition: somebody waits.
    const answer = await lookUp(services, [id], { ...options, retry: { tries: 2, ...options.retry } })
    await noteAnswer(db, 'arxiv', clock.now(), null)
    return answer
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    await noteAnswer(db, 'arxiv', clock.now(), `${error.fault}: ${error.message}`)
    const detail = `arXiv gave no answer (${error.fault}: ${error.message}). Try again later, or give title and abstract.`
    throw new Problem('unavailable', detail, { retryAfter: error.retryAfter ?? 60, cause: error })
  }
}
