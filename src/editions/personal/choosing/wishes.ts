/** How many may have a personal edition: the operator's switch, and a trial with the common one beside it. */
import { createHash } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { Queries } from '../../../db/client.js'
import { json } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'

export const personalSchema = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'False: everybody has the common edition' })),
    trialShare: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'Of the readers with interests, the share that has a personal edition, chosen by chance and kept',
      }),
    ),
  },
  { additionalProperties: false },
)

type PersonalSetting = Required<Static<typeof personalSchema>>

export const usualPersonal: PersonalSetting = { enabled: true, trialShare: 1 }

const setting = statement({
  text: `SELECT coalesce((SELECT value->'personal' FROM setting WHERE name = 'operator'), '{}'::jsonb) AS personal`,
  parameters: [],
  columns: {
    personal: json(Type.Object(personalSchema.properties)),
  },
})

export async function readPersonal(db: Queries): Promise<PersonalSetting> {
  const [row] = await db.run(setting, [])
  return { ...usualPersonal, ...row?.personal }
}

/**
 * Whether chance has chosen the reader for a personal edition. It stays so: who is in at one share is in at every
 * larger one.
 */
export function isChosen(subscriberId: number, share: number): boolean {
  if (share >= 1) return true
  const digest = createHash('sha256').update(`personal edition ${subscriberId}`).digest()
  return digest.readUInt32BE(0) / 2 ** 32 < share
}
