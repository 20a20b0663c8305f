/** Makes answers take alike long, whatever the work that came before them was. */

/** Longer than such work takes, and shorter than anybody notices. */
const usualStepMs = 20

/**
 * Does the work, and resolves at a step of a beat that began before it: a row that is added and a row that is found
 * differ by a fraction of a millisecond, and nobody is to measure that. A wait that began after the work would end
 * that fraction earlier or later.
 * @throws what the work throws, at once: refusals have nothing to do with what is known.
 */
export async function evenOut<T>(work: () => Promise<T>, stepMs = usualStepMs): Promise<T> {
  let done = false
  let beat: NodeJS.Timeout | undefined
  const step = new Promise<void>((resolve) => {
    beat = setInterval(() => {
      if (done) resolve()
    }, stepMs)
  })
  try {
    const result = await work()
    done = true
    await step
    return result
  } finally {
    clearInterval(beat)
  }
}
