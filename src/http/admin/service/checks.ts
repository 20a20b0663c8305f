/** Whether all is well: the recurring jobs, and what the doctor found. */
import { Type } from 'typebox'
import type { Routes } from '../../contract/routes.js'
import { instant, orNull } from '../../contract/json-schemas.js'
import { openDoctor, readExamination } from '../../../operations/doctor/examination.js'
import { readJobs } from '../../../operations/figures/jobs.js'
import { reasonBody } from '../subscribers/subscriber-schemas.js'
import { authorOf } from '../guard/auth.js'
import { idempotencyKey, operation, postProblems } from '../guard/schemas.js'

const job = Type.Object({
  name: Type.String({ examples: ['build'] }),
  everySeconds: orNull(Type.Integer({ examples: [15] })),
  ranAt: orNull(instant),
  running: Type.Boolean({ description: 'A process is at it now' }),
  late: Type.Boolean({ examples: [false], description: 'It has not run for ten times its period' }),
})

const finding = Type.Object({
  check: Type.String({ examples: ['SPF'] }),
  state: Type.Enum(['ok', 'advice', 'fault']),
  detail: Type.String({ examples: ['covers 192.0.2.25'] }),
  mend: orNull(Type.String({ examples: [null], description: 'What to do about it' })),
})

const examination = Type.Object({
  at: orNull(instant),
  findings: Type.Array(finding, { description: 'As `daily-papers doctor --json` gives them' }),
})

export const checkRoutes: Routes = async (app, { services }) => {
  const { db } = services
  const examineNow = openDoctor(services)

  app.get(
    '/jobs',
    {
      config: { scope: 'editions:read' },
      schema: operation({
        summary: 'The recurring jobs and when each ran last',
        response: { 200: Type.Object({ items: Type.Array(job) }) },
      }),
    },
    async () => ({ items: await readJobs(db) }),
  )

  app.get(
    '/doctor',
    {
      config: { scope: 'editions:read' },
      schema: operation({
        summary: 'What the doctor found last',
        description: '`at` is null while nobody has asked for an examination.',
        response: { 200: examination },
      }),
    },
    async () => (await readExamination(db)) ?? { at: null, findings: [] },
  )

  app.post(
    '/doctor',
    {
      config: { scope: 'editions:write' },
      schema: operation({
        summary: 'Examine configuration, database, relays, DNS and more',
        description:
          'Answers when all is examined, within some seconds. Connects to the relays as sending does, and mails nobody.',
        headers: idempotencyKey,
        body: reasonBody,
        response: { 200: examination },
        problems: [...postProblems],
      }),
    },
    (request) => examineNow(authorOf(request)),
  )
}
