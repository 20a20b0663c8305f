/** The page of how personal editions fare. */
import { personalFigures } from '../../../operations/figures/personal.js'
import type { DashboardPage } from '../parts/page.js'

export const personalPage: DashboardPage = {
  path: '/personal',
  title: 'Personal editions',
  template: 'personal',
  scope: 'editions:read',
  within: '/editions',
  load: async ({ db, clock }) => ({ figures: await personalFigures(db, clock.now()) }),
}
