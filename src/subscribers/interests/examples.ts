/** Papers that a reader gives as examples of what they work on. */
import type { Clock } from '../../clock.js'
import type { Tx } from '../../db/client.js'
import { int, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import { mostExamples } from './interest.js'
import { countInterests, writeInterests } from './interests.js'

/** A paper that the reader gives as an example; `words` where it is none of ours. */
type Example = { key: string; label: string; words: string | null }

/** @returns how many were new. @throws Problem `unprocessable` for more than {@link mostExamples}. */
export async function addExamples(
  tx: Tx,
  clock: Clock,
  subscriberId: number,
  examples: readonly Example[],
): Promise<number> {
  const once = [...new Map(examples.map((one) => [one.key, one])).values()]
  const before = await countInterests(tx, subscriberId)
  await writeInterests(
    tx,
    clock,
    subscriberId,
    once.map((one) => ({ ...one, kind: 'paper' as const, muted: false })),
  )
  const { examples: held } = await countInterests(tx, subscriberId)
  if (held > mostExamples) {
    throw new Problem(
      'unprocessable',
      `That would be ${held} examples, and ${mostExamples} are the most: choose those that are closest to what you work on.`,
    )
  }
  return held - before.examples
}

const forgetExamples = statement({
  text: `DELETE FROM interest WHERE subscriber_id = $1 AND kind = 'paper' RETURNING key`,
  parameters: [int],
  columns: { key: text },
})

/** Takes all examples away. @returns how many there were. */
export async function removeExamples(tx: Tx, subscriberId: number): Promise<number> {
  return (await tx.run(forgetExamples, [subscriberId])).length
}
