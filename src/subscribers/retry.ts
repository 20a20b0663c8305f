/** Runs a statement of its own again when Postgres gave it up in favour of another one. */
import { wasGivenUp } from '../db/database-fault.js'

/** Only for work that leaves nothing behind when it fails. */
export async function retrying<T>(work: () => Promise<T>, tries = 4): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (tries <= 1 || !wasGivenUp(error)) throw error
    return retrying(work, tries - 1)
  }
}
