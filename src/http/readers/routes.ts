/** What a reader meets on the way from sign-up to goodbye. */
import type { Routes } from '../contract/routes.js'
import { confirmRoutes } from './confirm/confirm.js'
import { takeAnyForm } from './step/request.js'
import { interestRoutes } from './interests/interests.js'
import { measuredRoutes } from './measured.js'
import { mineRoutes } from './mine/mine.js'
import { ownEditionRoutes } from './mine/own-edition.js'
import { savedFileRoutes } from './mine/saved-files.js'
import { savedRoutes } from './mine/saved.js'
import { preferencesRoutes } from './preferences/preferences.js'
import { checkInboxRoutes } from './signup/check-inbox.js'
import { meantRoutes } from './signup/meant.js'
import { signupRoutes } from './signup/signup.js'
import { unsubscribeRoutes } from './unsubscribe.js'

export const readerRoutes: Routes = async (app, options) => {
  takeAnyForm(app)
  for (const routes of [
    signupRoutes,
    checkInboxRoutes,
    meantRoutes,
    confirmRoutes,
    unsubscribeRoutes,
    preferencesRoutes,
    interestRoutes,
    savedFileRoutes,
    ownEditionRoutes,
    savedRoutes,
    mineRoutes,
    measuredRoutes,
  ]) {
    await app.register(routes, options)
  }
}
