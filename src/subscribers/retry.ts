/** Runs a transaction again when Postgres gave it up in favour of another one. */

const givenUp = new Set(['40001', '40P01'])

/** Only for work that leaves nothing behind when it fails. */
export async function retrying<T>(work: () => Promise<T>, tries = 4): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (tries <= 1 || !givenUp.has(String((error as { code?: unknown }).code))) throw error
    return retrying(work, tries - 1)
  }
}
