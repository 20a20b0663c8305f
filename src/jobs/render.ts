/** Renders the words of papers that are new, were edited, or were kept before HTML was. */
import { renderDue } from '../papers/html/render.js'
import { alone, type JobServices } from './job.js'

/** Some seconds of work at a time: what is left is due at the next tick. */
export async function render({ db }: JobServices): Promise<boolean> {
  const due = await db.tables
    .selectFrom('paper')
    .select('id')
    .where('html', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return due ? alone(db, 'render', async () => void (await renderDue(db))) : true
}
