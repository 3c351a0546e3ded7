import { changePassword } from '../../domain/change-password.js';
import { createProfile } from '../../domain/create-profile.js';
import * as desk from '../../domain/desk-operations.js';
import { bulkUpdateProfiles, updateProfile } from '../../domain/update-profiles.js';
import type { MutationResolvers } from '../generated/resolvers.js';
import { selectionOf } from '../selection.js';

export const Mutation: Required<MutationResolvers> = {
  createProfile: (_root, { input }, { write }, info) =>
    write('one', (context) => createProfile(context, input, selectionOf(info))),

  updateProfile: (_root, { input }, { write }, info) =>
    write('one', (context) => updateProfile(context, input, selectionOf(info))),

  bulkUpdateProfiles: (_root, { input }, { write }, info) =>
    write('many', (context) => bulkUpdateProfiles(context, input, selectionOf(info))),

  changePassword: (_root, { input }, { write }, info) =>
    write('one', (context) => changePassword(context, input, selectionOf(info))),

  setStatusLock: (_root, { input: { profileId, statusId } }, { write }, info) =>
    write('one', (context) =>
      desk.runDeskOperation(context, profileId, desk.lockStatus(statusId), selectionOf(info)),
    ),

  removeStatusLock: (_root, { input: { profileId } }, { write }, info) =>
    write('one', (context) =>
      desk.runDeskOperation(context, profileId, desk.unlockStatus(), selectionOf(info)),
    ),

  setDeskStatus: (_root, { input: { profileId, statusId, lastInternalCallId } }, { write }, info) =>
    write('one', (context) => {
      const operation = desk.setStatus(statusId, lastInternalCallId ?? null);
      return desk.runDeskOperation(context, profileId, operation, selectionOf(info));
    }),

  setCampaignState: (_root, { input: { profileId, campaign, active } }, { write }, info) =>
    write('one', (context) =>
      desk.runDeskOperation(context, profileId, desk.setCampaignState(campaign, active), selectionOf(info)),
    ),

  selectDeskView: (_root, { input: { profileId, viewId, selected } }, { write }, info) =>
    write('one', (context) =>
      desk.runDeskOperation(context, profileId, desk.selectView(viewId, selected), selectionOf(info)),
    ),

  addStatistic: (_root, { input }, { write }, info) =>
    write('one', (context) =>
      desk.runDeskOperation(context, input.profileId, desk.addStatistic(input), selectionOf(info)),
    ),

  removeStatistic: (_root, { input }, { write }, info) =>
    write('one', (context) =>
      desk.runDeskOperation(context, input.profileId, desk.removeStatistic(input), selectionOf(info)),
    ),

  watchStatistic: (_root, { input }, { write }, info) =>
    write('one', (context) => {
      const operation = desk.watchStatistic(input, input.watch);
      return desk.runDeskOperation(context, input.profileId, operation, selectionOf(info));
    }),

  refreshTab: (_root, { input: { tabId } }, { write }) =>
    write('one', (context) => desk.refreshTab(context, tabId)),
};
