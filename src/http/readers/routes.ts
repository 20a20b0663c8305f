/** What a reader meets on the way from sign-up to goodbye. */
import type { Routes } from '../contract/routes.js'
import { confirmRoutes } from './confirm/confirm.js'
import { takeAnyForm } from './step/request.js'
import { interestRoutes } from './interests/interests.js'
import { preferencesRoutes } from './preferences/preferences.js'
import { signupRoutes } from './signup/signup.js'
import { unsubscribeRoutes } from './unsubscribe.js'

export const readerRoutes: Routes = async (app, options) => {
  takeAnyForm(app)
  for (const routes of [signupRoutes, confirmRoutes, unsubscribeRoutes, preferencesRoutes, interestRoutes]) {
    await app.register(routes, options)
  }
}
